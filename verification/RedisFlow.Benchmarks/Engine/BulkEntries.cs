using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>The same entries at two instances and in Redis.</summary>
/// <param name="Here">The instance that invalidates.</param>
/// <param name="There">The instance that hears of it.</param>
/// <param name="Keys">The keys.</param>
internal sealed record BulkEntries(CacheHost Here, CacheHost There, string[] Keys)
{
    /// <summary>The tag of all entries.</summary>
    public const string Tag = "bulk";

    private static readonly string[] Tags = [Tag, "tenant-17"];

    /// <summary>Fills Redis, and the first instance's memory.</summary>
    public Task FillRedisAsync() =>
        CacheEntries.FillBothAsync(
            Here,
            Here.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase(),
            Keys,
            Tags
        );

    /// <summary>Fills both memories, without Redis.</summary>
    public async Task FillMemoryAsync()
    {
        await CacheEntries.FillMemoryAsync(Here.Cache, Keys, Tags);
        await CacheEntries.FillMemoryAsync(There.Cache, Keys, Tags);
    }

    /// <summary>Asks both instances for some of the keys, evenly spread, at every level.</summary>
    /// <exception cref="InvalidOperationException">One of them is still served.</exception>
    public async Task EnsureGoneAsync(int keys)
    {
        for (var i = 0; i < keys; i++)
        {
            var key = Keys[(long)i * Keys.Length / keys];
            if (await CacheEntries.IsCachedAsync(Here.Cache, key) || await CacheEntries.IsCachedAsync(There.Cache, key))
            {
                throw new InvalidOperationException($"{key} is still served after its invalidation.");
            }
        }
    }
}
