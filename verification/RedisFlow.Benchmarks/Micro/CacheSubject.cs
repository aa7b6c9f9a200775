using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Caching;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Micro;

/// <summary>Five fields, without a mark: immutable by its structure.</summary>
public sealed record Summary(long Id, string Name, decimal Total, DateTimeOffset CreatedAt, bool Active);

/// <summary>A cache, and what it is compared with, all of them filled.</summary>
internal sealed class CacheSubject : IAsyncDisposable
{
    public const string Text = "company:42:report";
    public const string Record = "company:42:summary";

    private readonly CacheHost _host;
    private readonly ConnectionMultiplexer _connection;
    private readonly ServiceProvider _microsoft;

    private CacheSubject(CacheHost host, ConnectionMultiplexer connection)
    {
        _host = host;
        _connection = connection;
        _microsoft = new ServiceCollection()
            .AddStackExchangeRedisCache(options =>
                options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(connection)
            )
            .AddHybridCache()
            .Services.BuildServiceProvider();
    }

    public static string TextValue { get; } = new('x', 1024);

    public static Summary RecordValue { get; } =
        new(42, "Acme Motors of Springfield", 1200.50m, DateTimeOffset.UnixEpoch, true);

    public StreamHybridCache Cache => _host.Cache;

    /// <summary>What a service would use otherwise: its levels are not told of changes elsewhere.</summary>
    public HybridCache MicrosoftCache => _microsoft.GetRequiredService<HybridCache>();

    public ConcurrentDictionary<string, string> Dictionary { get; } =
        new(StringComparer.Ordinal) { [Text] = TextValue };

    public MemoryCache Memory { get; } = new(new MemoryCacheOptions());

    public IDatabase Redis => _connection.GetDatabase();

    public static async Task<CacheSubject> StartAsync(HostDescription description, CancellationToken cancellationToken)
    {
        var host = await CacheHost.StartAsync(description, null, null, cancellationToken);
        var subject = new CacheSubject(host, await ConnectionMultiplexer.ConnectAsync(description.Connection));
        subject.Memory.Set(Text, TextValue, TimeSpan.FromHours(1));
        await subject.Redis.StringSetAsync(Text, TextValue);
        await subject.MicrosoftCache.SetAsync(Text, TextValue, cancellationToken: cancellationToken);
        await host.FillAsync(Text, TextValue, cancellationToken);
        await host.FillAsync(Record, RecordValue, cancellationToken);
        return subject;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Memory.Dispose();
        await _microsoft.DisposeAsync();
        _connection.Dispose();
        await _host.DisposeAsync();
    }
}
