namespace RedisFlow.Streams;

/// <summary>
/// When the health check that <see cref="RedisStreamsBuilder.AddStreamLagCheck"/> adds calls a group's standing still a
/// fault; configuration section <c>Streams:LagCheck</c>, of an additional stream
/// <c>Streams:Additional:{key}:LagCheck</c>.
/// </summary>
public sealed class StreamLagOptions
{
    /// <summary>
    /// After how long without progress, while messages wait for it, a group makes the check degraded. Longer than the
    /// slowest handler may take: one whose lanes are all busy makes no progress either. 100 ms to 1 day. Default: 30 s.
    /// </summary>
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After how long it makes the check unhealthy. At least <see cref="DegradedAfter"/>, at most 1 day. Default: 2
    /// minutes.
    /// </summary>
    public TimeSpan UnhealthyAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The section of a stream's thresholds.</summary>
    internal static string SectionOf(string key) => $"{StreamOptions.SectionOf(key)}:LagCheck";
}
