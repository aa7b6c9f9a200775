using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
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

    private CacheSubject(CacheHost host, ConnectionMultiplexer connection)
    {
        _host = host;
        _connection = connection;
    }

    public static string TextValue { get; } = new('x', 1024);

    public static Summary RecordValue { get; } = new(42, "Acme Motors of Springfield", 1200.50m, DateTimeOffset.UnixEpoch, true);

    public StreamHybridCache Cache => _host.Cache;

    public ConcurrentDictionary<string, string> Dictionary { get; } = new(StringComparer.Ordinal) { [Text] = TextValue };

    public MemoryCache Memory { get; } = new(new MemoryCacheOptions());

    public IDatabase Redis => _connection.GetDatabase();

    public static async Task<CacheSubject> StartAsync(HostDescription description, CancellationToken cancellationToken)
    {
        var host = await CacheHost.StartAsync(description, null, null, cancellationToken);
        var subject = new CacheSubject(host, await ConnectionMultiplexer.ConnectAsync(description.Connection));
        subject.Memory.Set(Text, TextValue, TimeSpan.FromHours(1));
        await subject.Redis.StringSetAsync(Text, TextValue);
        await host.FillAsync(Text, TextValue, cancellationToken);
        await host.FillAsync(Record, RecordValue, cancellationToken);
        return subject;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Memory.Dispose();
        _connection.Dispose();
        await _host.DisposeAsync();
    }
}
