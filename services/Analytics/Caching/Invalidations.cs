using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Analytics.Caching;

/// <summary>
/// Which event makes which entry stale. The summary holds how many companies and dealerships there are and which
/// company is the largest, by id; names are entries of their own. So a new name leaves every figure alone, and a
/// transfer, which changes no total, still drops the summary: another company may be the largest now. Nothing about
/// users is cached.
/// </summary>
internal static class Invalidations
{
    public static StreamHybridCacheBuilder MapEvents(this StreamHybridCacheBuilder cache) =>
        cache
            .InvalidateOn<CompanyCreated>(_ => Invalidation.Key(CacheKeys.Summary))
            .InvalidateOn<CompanyUpdated>(e => Invalidation.Key(CacheKeys.Company(e.CompanyId)))
            .InvalidateOn<CompanyDeleted>(e =>
                Invalidation.Keys(CacheKeys.Company(e.CompanyId), CacheKeys.Dealerships(e.CompanyId), CacheKeys.Summary)
            )
            .InvalidateOn<DealershipCreated>(e =>
                Invalidation.Keys(CacheKeys.Dealerships(e.CompanyId), CacheKeys.Summary)
            )
            .InvalidateOn<DealershipTransferred>(e =>
                Invalidation.Keys(
                    CacheKeys.Dealerships(e.FromCompanyId),
                    CacheKeys.Dealerships(e.ToCompanyId),
                    CacheKeys.Summary
                )
            )
            .InvalidateOnUnknown(subject => Subjects.IsUser(subject) ? Invalidation.None : Invalidation.Everything);
}
