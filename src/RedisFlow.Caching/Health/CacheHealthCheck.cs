using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisFlow.Caching.Health;

/// <summary>
/// Degraded while an instance does not know what became stale, or passes Redis by: it answers, but slowly. Not
/// unhealthy, since it is no less able to answer than any other instance.
/// </summary>
internal sealed class CacheHealthCheck(StreamHybridCaches caches) : IHealthCheck
{
    public const string Name = "cache";

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var faults = caches.All.Select(Fault).OfType<string>().ToArray();
        return Task.FromResult(
            faults.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(' ', faults))
        );
    }

    private static string? Fault(StreamHybridCache cache)
    {
        var statistics = cache.GetStatistics();
        if (statistics.Invalidations.IsBlind)
        {
            return statistics.Invalidations.Lag is { } lag
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"The cache of '{cache.Service}' has not been at the stream's end for {lag.TotalSeconds:0.0} s, "
                        + $"so it is passed by."
                )
                : $"The cache of '{cache.Service}' has not reached the stream's end yet, so it is passed by.";
        }

        return statistics.Redis.Circuit == L2CircuitState.Closed
            ? null
            : $"The cache of '{cache.Service}' passes Redis by, which failed lately.";
    }
}
