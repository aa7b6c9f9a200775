using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisFlow.Aspire.Hosting;

/// <summary>The engine's check for groups without progress, as the health of the stream's resource.</summary>
internal sealed class StreamLagResourceCheck(StreamAccess access) : IHealthCheck
{
    /// <summary>The check's name in the dashboard.</summary>
    public static string NameOf(StreamResource stream) => $"{stream.Name}-lag";

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var entry = await access.CheckLagAsync(cancellationToken);
        return new HealthCheckResult(entry.Status, entry.Description, entry.Exception);
    }
}
