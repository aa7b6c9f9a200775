namespace RedisFlow.Chaos.Processes;

/// <summary>What a process of the harness is, by its first argument, and what the processes agree on.</summary>
internal static class Roles
{
    /// <summary>A process that publishes.</summary>
    public const string Publisher = "publisher";

    /// <summary>A process that consumes.</summary>
    public const string Worker = "worker";

    /// <summary>The stream of a run; each run has a server of its own.</summary>
    public const string Stream = "chaos";

    /// <summary>What a process writes on a line of its own when it works.</summary>
    public const string ReadyLine = "ready";

    /// <summary>Lanes of a publisher: messages that are on their way at once.</summary>
    public const int Lanes = 32;

    /// <summary>A handler takes less than so many milliseconds, at random: so that a fault meets messages that are being handled.</summary>
    public const int WorkMilliseconds = 6;

    /// <summary>Workers of a group.</summary>
    public const int WorkersPerGroup = 2;

    /// <summary>The consumer groups.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["analytics", "billing", "reporting"];
}
