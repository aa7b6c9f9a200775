using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Caching;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Registration;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Streams;
using StackExchange.Redis;
using RedisFaults = RedisFlow.Streams.RedisFaults;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>
/// A node with RedisFlow's cache. Every other key's value is a text, which callers share; the others' is an object that
/// callers may change, so that each gets one of its own: the two ways in which memory keeps values.
/// </summary>
internal sealed class StreamNode(
    KeySpace keyspace,
    StreamHybridCache cache,
    [FromKeyedServices(CacheRegistration.DefaultKey)] CacheComponents components,
    ICachedReads reads,
    SourceLoads loads,
    CacheCounters counters
) : INode
{
    private static readonly HybridCacheEntryOptions MemoryOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableUnderlyingData,
    };

    private static readonly HybridCacheEntryOptions RedisOnly = new()
    {
        Flags =
            HybridCacheEntryFlags.DisableLocalCache
            | HybridCacheEntryFlags.DisableDistributedCacheWrite
            | HybridCacheEntryFlags.DisableUnderlyingData,
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Counters => counters.Read();

    /// <inheritdoc/>
    public async Task<bool> WaitUntilAppliedAsync(MessagePosition position, TimeSpan limit)
    {
        using var time = new CancellationTokenSource(limit);
        try
        {
            await cache.WaitUntilAppliedAsync(position, time.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<NodeReply> ReadAsync(int key)
    {
        using var scope = CacheReadScope.Begin();
        try
        {
            var version = IsText(key)
                ? Parse(
                    await reads.ReadAsync(
                        keyspace.Name(key),
                        keyspace.Tags(key),
                        async stop => Text(await loads.LoadAsync(key, stop))
                    )
                )
                : (
                    await reads.ReadAsync(
                        keyspace.Name(key),
                        keyspace.Tags(key),
                        async stop => new Report(await loads.LoadAsync(key, stop))
                    )
                ).Version;
            return new NodeReply(
                scope.Outcome switch
                {
                    CacheOutcome.L1 or CacheOutcome.Stale => ReadOutcome.L1,
                    CacheOutcome.L2 => ReadOutcome.L2,
                    _ => ReadOutcome.Miss,
                },
                version
            );
        }
        catch (Exception exception) when (exception is RedisException || RedisFaults.IsInfrastructure(exception))
        {
            return new NodeReply(ReadOutcome.Failed, 0);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredVersion>> ServedByL1Async() =>
        ServedAsync(components.L1.StoredKeys().Select(keyspace.Parse), MemoryOnly);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredVersion>> ServedByL2Async() =>
        ServedAsync(keyspace.All.Append(keyspace.Canary), RedisOnly);

    /// <summary>The version in an entry's payload.</summary>
    public static long VersionIn(int key, ReadOnlySpan<byte> payload) =>
        IsText(key)
            ? long.Parse(payload, CultureInfo.InvariantCulture)
            : System.Text.Json.JsonSerializer.Deserialize<Report>(payload)!.Version;

    private static bool IsText(int key) => key % 2 == 0;

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private async Task<IReadOnlyList<StoredVersion>> ServedAsync(IEnumerable<int> keys, HybridCacheEntryOptions options)
    {
        var served = new List<StoredVersion>();
        foreach (var key in keys)
        {
            var version = IsText(key)
                ? await cache.GetOrCreateAsync<string?>(keyspace.Name(key), _ => default, options) is { } text
                    ? Parse(text)
                    : (long?)null
                : (await cache.GetOrCreateAsync<Report?>(keyspace.Name(key), _ => default, options))?.Version;
            if (version is { } found)
            {
                served.Add(new StoredVersion(key, found));
            }
        }

        return served;
    }

    /// <summary>A value that callers may change.</summary>
    private sealed class Report(long version)
    {
        /// <summary>The version of the source that it was made from.</summary>
        [JsonInclude]
        public long Version { get; set; } = version;
    }
}
