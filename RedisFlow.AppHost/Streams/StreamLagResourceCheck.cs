using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisFlow.AppHost;

/// <summary>The engine's check for groups without progress, as the health of the stream's resource.</summary>
internal sealed class StreamLagResourceCheck(StreamAccess access) : IHealthCheck
{
    /// <summary>The check's name in the dashboard.</summary>
    public const string Name = "stream-lag";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var entry = await access.CheckLagAsync(cancellationToken);
        return new HealthCheckResult(entry.Status, entry.Description, entry.Exception);
    }
}
