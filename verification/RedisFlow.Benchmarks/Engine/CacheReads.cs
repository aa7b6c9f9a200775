using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Caching;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>A hit in the cache's memory; a miss fails.</summary>
internal readonly struct CacheRead(StreamHybridCache cache) : IRead
{
    public bool Find(string key) =>
        Hit.Taken(
            cache.GetOrCreateAsync<int, string>(
                key,
                0,
                static (_, _) => throw new InvalidOperationException("It is no hit.")
            )
        )
            is not null;
}

/// <summary>A hit in a <see cref="MemoryCache"/>.</summary>
internal readonly struct MemoryRead(MemoryCache memory) : IRead
{
    public bool Find(string key) => memory.TryGetValue(key, out string? value) && value is not null;
}

/// <summary>A hit in a dictionary.</summary>
internal readonly struct DictionaryRead(ConcurrentDictionary<string, string> dictionary) : IRead
{
    public bool Find(string key) => dictionary.TryGetValue(key, out _);
}
