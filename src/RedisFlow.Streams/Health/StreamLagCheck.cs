using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisFlow.Streams.Health;

/// <summary>
/// Degraded, then unhealthy, when a group makes no progress while messages wait for it; see
/// <see cref="StreamLagOptions"/>. It reads the stream each time it is asked: who asks seldom learns of a standstill
/// late, but never wrongly.
/// </summary>
internal sealed class StreamLagCheck(
    IStreamMonitor monitor,
    StreamLagOptions options,
    GroupProgress progress,
    string? group
) : IHealthCheck
{
    /// <summary>The check's name; that of an additional stream ends with its key.</summary>
    public const string Name = "stream-lag";

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            var standing = progress.Observe(await monitor.GetSnapshotAsync(cancellationToken).ConfigureAwait(false));
            return Verdict([.. standing.Where(one => group is null || one.Name == group)], options);
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The stream cannot be read.", exception);
        }
    }

    /// <summary>The worst group decides; all that stand for too long are named.</summary>
    internal static HealthCheckResult Verdict(IReadOnlyList<StandingGroup> groups, StreamLagOptions options)
    {
        var late = groups
            .Where(group => group.For >= options.DegradedAfter)
            .OrderByDescending(group => group.For)
            .ToArray();
        return late switch
        {
            [] => HealthCheckResult.Healthy("Every group is up to date or goes on."),
            [var worst, ..] => new HealthCheckResult(
                worst.For >= options.UnhealthyAfter ? HealthStatus.Unhealthy : HealthStatus.Degraded,
                string.Join(' ', late.Select(Describe))
            ),
        };
    }

    private static string Describe(StandingGroup group)
    {
        var waiting = group.Waiting?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of";
        var paused = group.Paused is { } pause ? $" It is paused: {pause.Reason}." : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Group '{group.Name}' has made no progress for {group.For.TotalSeconds:0} s while {waiting} messages "
                + $"wait for it.{paused}"
        );
    }
}
