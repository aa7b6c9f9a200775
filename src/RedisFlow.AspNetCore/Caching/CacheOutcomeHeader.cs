using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RedisFlow.AspNetCore.OpenApi;
using RedisFlow.Caching;

namespace RedisFlow.AspNetCore.Caching;

/// <summary>Tells callers where a cached answer came from.</summary>
public static class CacheOutcomeHeader
{
    /// <summary>
    /// The header: <c>L1</c>, <c>L2</c>, <c>MISS</c> or <c>STALE</c>; the worst of the request's reads, absent when it
    /// read nothing cached.
    /// </summary>
    public const string Name = "X-Cache";

    /// <summary>Adds <see cref="Name"/> to the responses of these endpoints.</summary>
    public static TBuilder WithCacheOutcome<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints
            .AddEndpointFilter(
                async (context, next) =>
                {
                    using var scope = CacheReadScope.Begin();
                    var result = await next(context);
                    if (Text(scope.Outcome) is { } outcome)
                    {
                        context.HttpContext.Response.Headers[Name] = outcome;
                    }

                    return result;
                }
            )
            .WithResponseHeader(
                Name,
                "Where the answer was found: L1 (in memory), L2 (in Redis), MISS (loaded) or STALE (expired, where "
                    + "the source fails or is slow); the "
                    + "worst of what it is made from."
            );

    private static string? Text(CacheOutcome outcome) =>
        outcome switch
        {
            CacheOutcome.Miss => "MISS",
            CacheOutcome.L1 => "L1",
            CacheOutcome.L2 => "L2",
            CacheOutcome.Stale => "STALE",
            _ => null,
        };
}
