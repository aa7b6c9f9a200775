namespace RedisFlow.Chaos.Faults;

/// <summary>What is done to the system. docs/chaos.md says what each one needs so that nothing may be lost.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL of a worker; restarted with the same or a new instance id.</summary>
    WorkerKill,

    /// <summary>SIGSTOP of a worker for longer than the lease, then SIGCONT.</summary>
    WorkerStop,

    /// <summary>SIGKILL of Redis; restarted from its append-only file.</summary>
    RedisKill,

    /// <summary>CLIENT KILL TYPE normal: every connection ends.</summary>
    ClientKill,

    /// <summary>CLIENT PAUSE: Redis answers no client for a while.</summary>
    ClientPause,

    /// <summary>
    /// What one worker and one publisher send reaches Redis, but no reply comes back; then their connections end.
    /// </summary>
    DropReplies,

    /// <summary>SCRIPT FLUSH: Redis forgets the scripts.</summary>
    ScriptFlush,

    /// <summary>XGROUP DESTROY: a group is gone, with its position and its pending list.</summary>
    GroupDestroy,
}
