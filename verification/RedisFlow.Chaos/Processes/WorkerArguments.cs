namespace RedisFlow.Chaos.Processes;

/// <summary>What a worker process is started with.</summary>
/// <param name="Connection">Redis, or the proxy before it.</param>
/// <param name="Group">The group that it consumes.</param>
/// <param name="Instance">Its instance id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Seed">The run's seed, from which handlers draw what they do.</param>
/// <param name="Work">The longest time that a handler takes.</param>
/// <param name="Failing">How many messages in a hundred fail once or twice.</param>
/// <param name="RecordPath">Where it records.</param>
internal sealed record WorkerArguments(
    string Connection,
    string Group,
    string Instance,
    WorkerKind Kind,
    TimeSpan Lease,
    int Seed,
    TimeSpan Work,
    int Failing,
    string RecordPath
);
