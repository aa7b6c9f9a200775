using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Analytics.Caching;
using RedisFlow.Analytics.Contracts;

namespace RedisFlow.Analytics.Activity;

/// <summary>
/// The live counters of companies, cached for as long as the policy <c>activity</c> says, and never invalidated. They
/// change with every batch: to drop the entry each time would cost a message to every instance, and leave an entry that
/// is gone before it is read. Here a lifetime is the right tool, since the last two seconds of a counter do not matter,
/// and it bounds what readers cost Redis, however many there are. The answer says how old it is.
/// </summary>
internal sealed class CompanyActivity(HybridCache cache, ActivityCounters counters)
{
    /// <summary>In memory only: a copy in Redis would cost as much as the counters, which are there.</summary>
    private static readonly HybridCacheEntryOptions MemoryOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    /// <summary>A company's counters.</summary>
    public ValueTask<CompanyActivityResponse> GetAsync(long companyId, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync(
            CacheKeys.Activity(companyId),
            (companyId, counters),
            static async (state, cancel) => await state.counters.ReadAsync(state.companyId, cancel),
            MemoryOnly,
            cancellationToken: cancellationToken
        );
}
