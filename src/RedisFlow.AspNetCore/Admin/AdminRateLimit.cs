using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using RedisFlow.AspNetCore.RateLimits;

namespace RedisFlow.AspNetCore.Admin;

/// <summary>
/// How often one client may call the operators' endpoints, see <see cref="AdminOptions.RequestsPerMinute"/>. It counts
/// before the key is looked at: guessing is what it slows.
/// </summary>
internal sealed class AdminRateLimit(IOptions<AdminOptions> options) : IRateLimiterPolicy<IPAddress>
{
    /// <summary>The policy's name.</summary>
    public const string Policy = "admin";

    private readonly ClientBucket _bucket = new(
        options.Value.RequestsPerMinute,
        TimeSpan.FromMinutes(1),
        string.Create(
            CultureInfo.InvariantCulture,
            $"Each client may send {options.Value.RequestsPerMinute} requests per minute to the operators' endpoints "
                + $"of an instance."
        ),
        $"{AdminOptions.SectionName}:{nameof(AdminOptions.RequestsPerMinute)}"
    );

    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected => _bucket.RefuseAsync;

    public RateLimitPartition<IPAddress> GetPartition(HttpContext httpContext) => _bucket.PartitionOf(httpContext);
}
