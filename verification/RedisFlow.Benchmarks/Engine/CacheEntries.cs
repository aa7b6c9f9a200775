using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>
/// Many entries at once: their keys, how they get into memory and into Redis, and whether they are there.
/// </summary>
internal static class CacheEntries
{
    /// <summary>How many writes to Redis are under way at most while it is filled.</summary>
    private const int Batch = 500;

    private static readonly HybridCacheEntryOptions MemoryOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };
    private static readonly HybridCacheEntryOptions WithoutLookingInRedis = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCacheRead,
    };
    private static readonly HybridCacheEntryOptions MemoryWithoutLoad = new()
    {
        Flags =
            HybridCacheEntryFlags.DisableDistributedCache
            | HybridCacheEntryFlags.DisableUnderlyingData
            | HybridCacheEntryFlags.DisableLocalCacheWrite,
    };

    private static readonly HybridCacheEntryOptions WithoutLoad = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheWrite,
    };

    /// <summary>What every entry holds: 100 characters.</summary>
    public static string Value { get; } = new('x', 100);

    /// <summary>Limits for a million entries, and lifetimes beyond any measurement.</summary>
    public static void Roomy(CachingOptions options)
    {
        options.LocalEntryLimit = 4_000_000;
        options.LocalByteLimit = 8L << 30;
        options.DefaultExpiration = TimeSpan.FromHours(1);
    }

    /// <summary>As <see cref="Roomy"/>; and a server that is busy with being filled is waited for.</summary>
    public static void RoomyAndPatient(CachingOptions options)
    {
        Roomy(options);
        options.RedisTimeout = TimeSpan.FromMinutes(1);
    }

    /// <summary>Keys <c>{prefix}:0</c> and so on.</summary>
    public static string[] Keys(string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{i}"))];

    /// <summary>Fills memory, without Redis.</summary>
    /// <exception cref="InvalidOperationException">Not every entry was stored.</exception>
    public static async Task FillMemoryAsync(StreamHybridCache cache, IReadOnlyList<string> keys, params string[] tags)
    {
        // Not on the thread that completed what the caller awaited: all of this is done at once, and the client's
        // thread would be missed.
        await Task.Yield();
        foreach (var key in keys)
        {
            await LoadAsync(cache, key, MemoryOnly, tags);
        }

        if (keys.Count(key => IsInMemory(cache, key)) is var stored && stored != keys.Count)
        {
            throw new InvalidOperationException($"Only {stored} of {keys.Count} entries were stored in memory.");
        }
    }

    /// <summary>Fills memory and Redis.</summary>
    /// <exception cref="InvalidOperationException">Redis failed meanwhile: not every entry was stored
    /// there.</exception>
    public static async Task FillBothAsync(
        CacheHost host,
        IDatabase redis,
        IReadOnlyList<string> keys,
        params string[] tags
    )
    {
        var failures = host.Cache.GetStatistics().Redis.Errors;
        for (var i = 0; i < keys.Count; i++)
        {
            await LoadAsync(host.Cache, keys[i], WithoutLookingInRedis, tags);

            // Loads do not wait for what they write to Redis. On the same connection, so the answer comes after those
            // to the writes.
            if (i % Batch == Batch - 1)
            {
                await redis.PingAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }

        await redis.PingAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (host.Cache.GetStatistics().Redis.Errors is var after && after != failures)
        {
            throw new InvalidOperationException(
                $"{after - failures} of {keys.Count} entries were not stored in Redis."
            );
        }
    }

    /// <summary>
    /// Whether a read of memory finds the entry. A hit is there at once; whatever takes longer is a miss.
    /// </summary>
    public static bool IsInMemory(StreamHybridCache cache, string key)
    {
        var read = cache.GetOrCreateAsync<int, string?>(key, 0, static (_, _) => default, MemoryWithoutLoad).AsTask();
        return read is { IsCompletedSuccessfully: true, Result: not null };
    }

    /// <summary>Whether a read finds the entry, in memory or in Redis.</summary>
    public static async Task<bool> IsCachedAsync(StreamHybridCache cache, string key) =>
        await cache.GetOrCreateAsync<int, string?>(key, 0, static (_, _) => default, WithoutLoad) is not null;

    private static ValueTask<string> LoadAsync(
        StreamHybridCache cache,
        string key,
        HybridCacheEntryOptions options,
        string[] tags
    ) => cache.GetOrCreateAsync(key, 0, static (_, _) => ValueTask.FromResult(Value), options, tags);
}
