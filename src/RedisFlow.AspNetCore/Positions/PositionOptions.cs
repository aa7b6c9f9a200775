namespace RedisFlow.AspNetCore.Positions;

/// <summary>How requests that demand a position are served; configuration section <c>Positions</c>.</summary>
public sealed class PositionOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Positions";

    /// <summary>The highest <see cref="MaxWait"/>.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a request waits at most until this instance has applied the position that it demands with
    /// <see cref="PositionHeaders.MinPosition"/>; then it is answered with 503. The wait comes before the time that a
    /// request may take, and is not part of it. 0 (no wait) to 30 s. Default: 2 s, far more than the milliseconds that
    /// a message takes to an instance that is well.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(2);
}
