using System.Globalization;

namespace RedisFlow.Benchmarks.Workers;

/// <summary>What a worker process is started with.</summary>
/// <param name="Connection">Redis.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Group">The group that it consumes.</param>
/// <param name="Instance">Its instance id.</param>
/// <param name="Lease">The lease; <c>null</c>: the engine's default.</param>
/// <param name="RecordPath">Where it records what it handled.</param>
/// <param name="Settings">Further settings, each <c>NAME=VALUE</c>.</param>
internal sealed record WorkerArguments(
    string Connection,
    string Stream,
    string Group,
    string Instance,
    TimeSpan? Lease,
    string RecordPath,
    IReadOnlyList<string> Settings
)
{
    /// <summary>The verb that makes this program a worker. Not for people, hence not in the usage text.</summary>
    public const string Verb = "--worker";

    /// <summary>What a worker prints when it consumes.</summary>
    public const string ReadyLine = "ready";

    /// <summary>As the process receives them.</summary>
    public string[] ToArray() =>
        [Verb, Connection, Stream, Group, Instance, Lease?.ToString() ?? "", RecordPath, .. Settings];

    /// <summary>As the process reads them.</summary>
    public static WorkerArguments Parse(string[] arguments) =>
        new(
            arguments[1],
            arguments[2],
            arguments[3],
            arguments[4],
            arguments[5].Length == 0 ? null : TimeSpan.Parse(arguments[5], CultureInfo.InvariantCulture),
            arguments[6],
            arguments[7..]
        );
}
