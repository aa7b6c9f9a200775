using Minimal;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.Caching;
using RedisFlow.Streams;
using StackExchange.Redis;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
    ConnectionMultiplexer.Connect(builder.Configuration.GetConnectionString("redis")!)
);
builder.Services.AddSingleton(services => services.GetRequiredService<IConnectionMultiplexer>().GetDatabase());
builder
    .AddRedisStreams("redis", "orders")
    .AddStreamConsumer("shop")
    .Handle<OrderPlaced, SendInvoice>()
    .AddHybridCache()
    .InvalidateOn<OrderPlaced>(e => Invalidation.Key($"order:{e.Id}"));
builder.AddPositionDefaults();

var app = builder.Build();
app.UsePositions();
app.MapOrders();
app.Run();
