using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace RedisFlow.AspNetCore.RateLimits;

/// <summary>
/// A limit on how often one client may ask. Each client's address has a bucket of its own, so that one who asks too
/// often locks out no one else, and the bucket fills again token by token: a caller that emptied it waits for the next
/// token, not for the end of a period. Full buckets are forgotten by themselves.
/// </summary>
/// <param name="Count">So many requests may come at once.</param>
/// <param name="Period">In this time so many come back, evenly.</param>
/// <param name="Detail">What a refused client is told of the limit; a sentence.</param>
/// <param name="Setting">The setting's name.</param>
internal sealed record ClientBucket(int Count, TimeSpan Period, string Detail, string Setting)
{
    public RateLimitPartition<IPAddress> PartitionOf(HttpContext context) =>
        RateLimitPartition.GetTokenBucketLimiter(
            ClientAddress.Of(context),
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = Count,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = Period / Count,

                // No request waits: a queue would hold connections for those who send too much.
                QueueLimit = 0,
            }
        );

    /// <summary>Answers with 429, and when to try again.</summary>
    public async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var until) ? until : Period / Count;
        var seconds = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.HttpContext.Response.Headers.RetryAfter = seconds;
        await TypedResults
            .Problem(
                statusCode: StatusCodes.Status429TooManyRequests,
                title: "Too many requests",
                detail: $"{Detail} Try again in {seconds} s, or raise {Setting}."
            )
            .ExecuteAsync(context.HttpContext);
    }
}
