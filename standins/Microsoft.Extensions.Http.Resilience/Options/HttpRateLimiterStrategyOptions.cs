using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A bound on concurrent requests.</summary>
public class HttpRateLimiterStrategyOptions : ResilienceStrategyOptions
{
    /// <summary>The concurrency limiter: 1000 requests, none waiting.</summary>
    [Required]
    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };
}
