using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisFlow.Caching.WarmUp;

namespace RedisFlow.Caching.Health;

/// <summary>Unhealthy until the caches are warm, or until that takes too long.</summary>
internal sealed class WarmUpHealthCheck(CacheWarmUp warmUp) : IHealthCheck
{
    public const string Name = "cache-warm-up";

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var running = warmUp.Running;
        var result =
            running.Count == 0 ? HealthCheckResult.Healthy()
            : warmUp.IsOverdue
                ? HealthCheckResult.Degraded(
                    $"Still warming up after Caching:WarmUpLimit: {string.Join(", ", running)}."
                )
            : HealthCheckResult.Unhealthy($"Warming up: {string.Join(", ", running)}.");
        return Task.FromResult(result);
    }
}
