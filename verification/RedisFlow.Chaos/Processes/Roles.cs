namespace RedisFlow.Chaos.Processes;

/// <summary>What a process of the harness is, by its first argument, and what the processes agree on.</summary>
internal static class Roles
{
    /// <summary>A process that publishes.</summary>
    public const string Publisher = "publisher";

    /// <summary>A process that consumes.</summary>
    public const string Worker = "worker";

    /// <summary>A process that caches.</summary>
    public const string Node = "node";

    /// <summary>A process that writes to a database and publishes.</summary>
    public const string DataWriter = "data-writer";

    /// <summary>A process that changes a database by events.</summary>
    public const string DataReader = "data-reader";

    /// <summary>The stream of a run; each run has a server of its own.</summary>
    public const string Stream = "chaos";

    /// <summary>Lanes of a publisher: messages that are on their way at once.</summary>
    public const int Lanes = 32;

    /// <summary>Workers of a group.</summary>
    public const int WorkersPerGroup = 2;

    /// <summary>The consumer groups.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["analytics", "billing", "reporting"];

    /// <summary>The group whose first worker reaches Redis through the proxy that drops replies.</summary>
    public static string ProxiedGroup => Groups[0];
}
