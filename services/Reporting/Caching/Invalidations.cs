using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Reporting.Caching;

/// <summary>
/// Which event makes which entry stale. A report shows the company's name and the number of its dealerships; a page of
/// the list holds only ids and the total. Both maps, the tail's and the group's, come from here. Nothing about users is
/// cached, so no event about one, however new, makes anything stale.
/// </summary>
internal static class Invalidations
{
    public static StreamHybridCacheBuilder MapEvents(this StreamHybridCacheBuilder cache) =>
        cache
            .InvalidateOn<CompanyCreated>(_ => Invalidation.Prefix(CacheKeys.Lists))
            .InvalidateOn<CompanyUpdated>(e => Invalidation.Key(CacheKeys.Report(e.CompanyId)))
            .InvalidateOn<CompanyDeleted>(e =>
                Invalidation.Of(keys: [CacheKeys.Report(e.CompanyId)], prefixes: [CacheKeys.Lists])
            )
            .InvalidateOn<DealershipCreated>(e => Invalidation.Key(CacheKeys.Report(e.CompanyId)))
            .InvalidateOn<DealershipTransferred>(e =>
                Invalidation.Keys(CacheKeys.Report(e.FromCompanyId), CacheKeys.Report(e.ToCompanyId))
            )
            .InvalidateOnUnknown(subject => Subjects.IsUser(subject) ? Invalidation.None : Invalidation.Everything);
}
