using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Minimal;
using RedisFlow.Streams;
using StackExchange.Redis;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
    ConnectionMultiplexer.Connect(builder.Configuration.GetConnectionString("redis")!)
);
builder.AddRedisStreams("redis", "orders").AddStreamConsumer("billing").Handle<OrderPlaced, SendInvoice>();

using var host = builder.Build();
await host.StartAsync();

var publisher = host.Services.GetRequiredService<IStreamPublisher>();
await publisher.PublishAsync(new Publication(new OrderPlaced { Id = 7, Total = 42 }, "order/7", "Order 7 was placed."));

// SendInvoice stops the host.
await host.WaitForShutdownAsync();
