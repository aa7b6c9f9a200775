using RedisFlow.Caching;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Billing.Caching;

/// <summary>
/// Which event makes which entry stale. Prices come from configuration and are never cached. A new company changes
/// nothing that is here: absences are not cached.
/// </summary>
internal static class Invalidations
{
    public static StreamHybridCacheBuilder MapEvents(this StreamHybridCacheBuilder cache) =>
        cache
            .InvalidateOn<CompanyUpdated>(e => Invalidation.Key(CacheKeys.Company(e.CompanyId)))
            .InvalidateOn<CompanyDeleted>(e =>
                Invalidation.Keys(CacheKeys.Company(e.CompanyId), CacheKeys.Dealerships(e.CompanyId))
            )
            .InvalidateOn<DealershipCreated>(e => Invalidation.Key(CacheKeys.Dealerships(e.CompanyId)))
            .InvalidateOn<DealershipTransferred>(e =>
                Invalidation.Keys(CacheKeys.Dealerships(e.FromCompanyId), CacheKeys.Dealerships(e.ToCompanyId))
            )
            .InvalidateOn<UserRolesChanged>(e => Invalidation.Key(CacheKeys.Permissions(e.UserId)));
}
