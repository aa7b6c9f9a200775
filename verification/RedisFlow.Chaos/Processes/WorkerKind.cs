namespace RedisFlow.Chaos.Processes;

/// <summary>
/// What consumes for a group: the engine, or a worker with a fault on purpose that the checker must find.
/// </summary>
internal enum WorkerKind
{
    /// <summary>The stream engine, as a service uses it.</summary>
    Engine,

    /// <summary>
    /// The stream engine with a handler that returns from one message in 500 without having handled it.
    /// </summary>
    Dropping,

    /// <summary>Acknowledges what it read, and then handles it.</summary>
    AcksFirst,

    /// <summary>Never looks at its own pending list, nor at another's.</summary>
    ForgetsPending,

    /// <summary>Handles all that it read at the same time, whatever its subject.</summary>
    Overlaps,

    /// <summary>Handles the messages of a subject one after the other, the latest first.</summary>
    Reverses,

    /// <summary>Goes on with a subject when a message of it failed, and tries that again later.</summary>
    PassesFailed,
}
