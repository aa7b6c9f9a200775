using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>A service without a cache, on a stream that another service's cache publishes to.</summary>
public sealed class ConsumerWithoutCacheTests(RedisFixture redis)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly string _stream = $"test:{Guid.NewGuid():N}";

    [Fact]
    public async Task It_acknowledges_what_a_cache_publishes_and_parks_nothing()
    {
        using var cached = await StartAsync("cached", consumer => consumer.AddHybridCache());
        using var other = await StartAsync("other", consumer => consumer.Handle<CompanyUpdated, Ignoring>());

        await cached.Services.GetRequiredService<StreamHybridCache>().RemoveAsync("company:1", Cancellation);

        var group = await Eventually.Until(
            async () =>
                (
                    await cached.Services.GetRequiredService<IStreamMonitor>().GetSnapshotAsync(Cancellation)
                ).Groups.Single(group => group.Name == "other"),
            group => group is { Pending: 0, EntriesRead: > 0 },
            cancellationToken: Cancellation
        );
        Assert.Equal(0, group.Parked);
        await other.StopAsync(Cancellation);
        await cached.StopAsync(Cancellation);
    }

    private async Task<IHost> StartAsync(string group, Action<StreamConsumerBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = group }
        );
        builder.Configuration["ConnectionStrings:redis"] = redis.Server.ConnectionString;
        builder.Configuration["Caching:Service"] = ServiceNames.New();
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => redis.Server.Connect());
        configure(builder.AddRedisStreams("redis", _stream, "cached", "other").AddStreamConsumer(group));
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    private sealed class Ignoring : IStreamHandler<CompanyUpdated>
    {
        public Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}
