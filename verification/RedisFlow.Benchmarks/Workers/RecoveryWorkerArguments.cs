namespace RedisFlow.Benchmarks.Workers;

/// <summary>What a worker process is started with.</summary>
/// <param name="Connection">Redis.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Group">The group that it consumes.</param>
/// <param name="Instance">Its instance id.</param>
/// <param name="Lease">The lease; <c>null</c>: the engine's default.</param>
/// <param name="RecordPath">Where it records what it handled.</param>
/// <param name="Settings">Further settings.</param>
internal sealed record RecoveryWorkerArguments(
    string Connection,
    string Stream,
    string Group,
    string Instance,
    TimeSpan? Lease,
    string RecordPath,
    IReadOnlyDictionary<string, string?> Settings
);
