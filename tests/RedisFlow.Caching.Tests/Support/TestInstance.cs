using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Statistics;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Domain.Messages;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>One instance of a service with its cache; its stream is the test's, its Redis is real.</summary>
internal sealed class TestInstance : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public TestInstance(
        TestStream stream,
        IConnectionMultiplexer redis,
        string service,
        FakeTimeWithRealTimers? time = null,
        Action<CachingOptions>? configure = null,
        bool start = true,
        Action<IServiceCollection>? services = null
    )
    {
        Time = time ?? new FakeTimeWithRealTimers();
        Stream = stream;
        var options = new CachingOptions { Service = service, RedisTimeout = TimeSpan.FromSeconds(5) };
        configure?.Invoke(options);
        var collection = new ServiceCollection();
        services?.Invoke(collection);
        _services = collection.BuildServiceProvider();
        var map = new InvalidationMap();
        map.Add<CompanyUpdated>(updated =>
            updated.CompanyId < 0
                ? throw new InvalidOperationException("A mapping with a bug.")
                : Invalidation.Key($"company:{updated.CompanyId}")
        );
        map.Add<CompanyDeleted>(deleted => Invalidation.Prefix($"company:{deleted.CompanyId}"));
        Components = new CacheComponents(
            options,
            map,
            () => redis.GetDatabase(),
            new Serializers(_services),
            new CacheInstruments(),
            Time,
            Logger
        );
        Tail = new TestTail(Time) { Observer = Components.Observer };
        stream.Attach(Tail);
        Cache = new StreamHybridCache(Components, Tail, stream, Fills);
        if (start)
        {
            Tail.Start(stream.Last);
            Tail.Heartbeat(stream.Last);
        }
    }

    public StreamHybridCache Cache { get; }

    public StreamHybridCaches Caches => new([Cache]);

    /// <summary>Where a <see cref="Hold"/> holds the cache's loads and sets.</summary>
    public HoldableFills Fills { get; } = new();

    public TestTail Tail { get; }

    public TestStream Stream { get; }

    public FakeTimeWithRealTimers Time { get; }

    public CacheComponents Components { get; }

    public FakeLogger<StreamHybridCache> Logger { get; } = new();

    public InvalidationLog Log => Components.Log;

    public L1Cache L1 => Components.L1;

    public L2Cache L2 => Components.L2;

    public CacheMetrics Metrics => Components.Metrics;

    /// <summary>What the keys of a policy did; of those that no policy takes, unless one is named.</summary>
    public PolicyStatistics StatisticsOf(string policy = KeyPolicy.DefaultName) =>
        Components.Policies.All.Single(one => one.Name == policy).Statistics;

    /// <summary>Reads, and says where the value came from.</summary>
    public async Task<(string Value, CacheOutcome Outcome)> ReadAsync(
        string key,
        string fresh,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null
    )
    {
        using var scope = CacheReadScope.Begin();
        var value = await Cache.GetOrCreateAsync(
            key,
            fresh,
            static (value, _) => ValueTask.FromResult(value),
            options,
            tags,
            TestContext.Current.CancellationToken
        );
        return (value, scope.Outcome);
    }

    /// <summary>Handles every message as the service's group would.</summary>
    public async Task RunGroupAsync()
    {
        foreach (var message in Stream.Messages)
        {
            await new CacheInvalidationHandler(Caches).HandleAsync(
                message.Delivery,
                TestContext.Current.CancellationToken
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        Components.Instruments.Dispose();
        Components.Dispose();
        await _services.DisposeAsync();
    }
}
