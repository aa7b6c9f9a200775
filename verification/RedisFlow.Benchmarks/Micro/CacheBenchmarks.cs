using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using RedisFlow.Benchmarks.Engine;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Micro;

/// <summary>What one operation of the cache costs, beside what one could use instead. Needs a server.</summary>
public class CacheBenchmarks
{
    private const string Text = CacheSubject.Text;
    private const string Record = CacheSubject.Record;
    private const string Fresh = "company:42:fresh";

    private static readonly HybridCacheEntryOptions L2Only = new() { Flags = HybridCacheEntryFlags.DisableLocalCache };
    private static readonly string[] Thousand =
    [
        .. Enumerable.Range(0, 1000).Select(number => $"company:{number}:fresh"),
    ];
    private static readonly HybridCacheEntryOptions LoadAlways = new()
    {
        Flags = HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCache,
    };

    private readonly ConcurrentDictionary<string, string> _dictionary = Subject.Dictionary;
    private readonly MemoryCache _memory = Subject.Memory;

    // As services get it: calls through the abstraction are virtual and generic.
    private readonly HybridCache _cache = Subject.Cache;
    private readonly HybridCache _microsoft = Subject.MicrosoftCache;
    private readonly IDatabase _redis = Subject.Redis;
    private long _misses;

    /// <summary>
    /// What is measured: the same for all benchmarks, made before, since in-process ones do not await an asynchronous
    /// set-up.
    /// </summary>
    internal static CacheSubject Subject { get; set; } = null!;

    /// <summary>The hits in memory, by their names.</summary>
    internal IReadOnlyDictionary<string, Func<object?>> Hits =>
        new Dictionary<string, Func<object?>>
        {
            [CacheNames.Hit] = HitText,
            [CacheNames.HitSpan] = HitTextBySpan,
            [CacheNames.HitRecord] = HitRecord,
            [CacheNames.HitRecordSpan] = HitRecordBySpan,
        };

    [Benchmark(Description = CacheNames.Dictionary)]
    public string? InDictionary() => _dictionary.TryGetValue(Text, out var value) ? value : null;

    [Benchmark(Description = CacheNames.MemoryCache)]
    public string? InMemoryCache() => _memory.TryGetValue(Text, out string? value) ? value : null;

    [Benchmark(Description = CacheNames.Hit)]
    public string HitText() =>
        Hit.Taken(_cache.GetOrCreateAsync(Text, 0, static (_, _) => ValueTask.FromResult(CacheSubject.TextValue)));

    [Benchmark(Description = CacheNames.MicrosoftHit)]
    public string MicrosoftHit() =>
        Hit.Taken(_microsoft.GetOrCreateAsync(Text, 0, static (_, _) => ValueTask.FromResult(CacheSubject.TextValue)));

    [Benchmark(Description = CacheNames.HitSpan)]
    public string HitTextBySpan() =>
        Hit.Taken(
            _cache.GetOrCreateAsync(Text.AsSpan(), 0, static (_, _) => ValueTask.FromResult(CacheSubject.TextValue))
        );

    [Benchmark(Description = CacheNames.HitRecord)]
    public Summary HitRecord() =>
        Hit.Taken(_cache.GetOrCreateAsync(Record, 0, static (_, _) => ValueTask.FromResult(CacheSubject.RecordValue)));

    [Benchmark(Description = CacheNames.HitRecordSpan)]
    public Summary HitRecordBySpan() =>
        Hit.Taken(
            _cache.GetOrCreateAsync(Record.AsSpan(), 0, static (_, _) => ValueTask.FromResult(CacheSubject.RecordValue))
        );

    [Benchmark(Description = CacheNames.L2Hit)]
    public Task<string> HitRedis() =>
        _cache
            .GetOrCreateAsync(Text, 0, static (_, _) => ValueTask.FromResult(CacheSubject.TextValue), L2Only)
            .AsTask();

    [Benchmark(Description = CacheNames.PlainGet)]
    public Task<RedisValue> PlainGet() => _redis.StringGetAsync(Text);

    [Benchmark(Description = CacheNames.PlainSet)]
    public Task<bool> PlainSet() => _redis.StringSetAsync(Text, CacheSubject.TextValue);

    [Benchmark(Description = CacheNames.Miss)]
    public Task<string> MissEverywhere() =>
        _cache
            .GetOrCreateAsync(
                FormattableString.Invariant($"miss:{_misses++}"),
                0,
                static (_, _) => ValueTask.FromResult(CacheSubject.TextValue)
            )
            .AsTask();

    [Benchmark(Description = CacheNames.MicrosoftMiss)]
    public Task<string> MicrosoftMiss() =>
        _microsoft
            .GetOrCreateAsync(
                FormattableString.Invariant($"miss:{_misses++}"),
                0,
                static (_, _) => ValueTask.FromResult(CacheSubject.TextValue)
            )
            .AsTask();

    [Benchmark(Description = "miss: a loader that is done at once, memory filled, without Redis")]
    public Task<string> Miss() =>
        _cache
            .GetOrCreateAsync(Fresh, 0, static (_, _) => ValueTask.FromResult(CacheSubject.TextValue), LoadAlways)
            .AsTask();

    [Benchmark(Description = CacheNames.Set)]
    public Task Set() => _cache.SetAsync(Fresh, CacheSubject.TextValue).AsTask();

    [Benchmark(Description = CacheNames.MicrosoftSet)]
    public Task MicrosoftSet() => _microsoft.SetAsync(Fresh, CacheSubject.TextValue).AsTask();

    [Benchmark(Description = CacheNames.Remove)]
    public Task Remove() => _cache.RemoveAsync(Fresh).AsTask();

    [Benchmark(Description = CacheNames.MicrosoftRemove)]
    public Task MicrosoftRemove() => _microsoft.RemoveAsync(Fresh).AsTask();

    [Benchmark(Description = CacheNames.RemoveThousand)]
    public Task RemoveThousand() => _cache.RemoveAsync(Thousand).AsTask();

    [Benchmark(Description = CacheNames.MicrosoftRemoveThousand)]
    public Task MicrosoftRemoveThousand() => _microsoft.RemoveAsync(Thousand).AsTask();
}
