using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RedisFlow.AspNetCore.Admin;
using RedisFlow.AspNetCore.Instances;
using RedisFlow.Caching;

namespace RedisFlow.AspNetCore.Caching;

/// <summary><c>/api/cache</c>: what the caches of this instance do, for operators.</summary>
public static class CacheAdminEndpoints
{
    /// <summary>
    /// Maps <c>GET /api/cache/stats</c> and <c>GET /api/cache/invalidations</c> for services with a
    /// <see cref="StreamHybridCache"/>, behind the admin key, see <see cref="AdminKeyEndpoints"/>. The numbers are this
    /// instance's alone, since its start; all instances together are in the metrics.
    /// </summary>
    public static IEndpointRouteBuilder MapCacheAdminApi(this IEndpointRouteBuilder endpoints)
    {
        var cache = endpoints.MapGroup("/api/cache").WithTags("Cache").RequireAdminKey();

        cache
            .MapGet("/stats", ReadStats)
            .WithName("GetCacheStats")
            .WithSummary("Reads hits, misses and latencies of the cache, by declared key pattern")
            .WithDescription("Of the instance that answers, since its start.");

        cache
            .MapGet("/invalidations", ReadInvalidations)
            .WithName("GetCacheInvalidations")
            .WithSummary("Reads what the cache heard of the stream, and what came of it")
            .WithDescription("Of the instance that answers, since its start.");

        return endpoints;
    }

    private static Ok<CacheStatsResponse> ReadStats(StreamHybridCaches caches, InstanceIdentity instance) =>
        TypedResults.Ok(CacheStatsResponse.From(instance.Name, Read(caches)));

    private static Ok<CacheInvalidationsResponse> ReadInvalidations(
        StreamHybridCaches caches,
        InstanceIdentity instance
    ) => TypedResults.Ok(CacheInvalidationsResponse.From(instance.Name, Read(caches)));

    private static IEnumerable<CacheStatistics> Read(StreamHybridCaches caches) =>
        caches.All.Select(cache => cache.GetStatistics());
}
