namespace RedisFlow.Chaos.Data;

/// <summary>What happens to the system during a run.</summary>
internal enum DataFault
{
    /// <summary>SIGKILL of a writer: also between its commit and its publish.</summary>
    WriterKilled,

    /// <summary>A writer, perhaps the relay's owner, is frozen beyond the relay's lease.</summary>
    WriterFrozen,

    /// <summary>SIGKILL of a reader.</summary>
    ReaderKilled,

    /// <summary>A reader is frozen beyond the lease of its messages: another one takes them over.</summary>
    ReaderFrozen,

    /// <summary>SIGKILL of Redis, which is restarted.</summary>
    RedisKilled,

    /// <summary>PostgreSQL ends as in a crash, and is restarted.</summary>
    PostgresCrashed,

    /// <summary>Everything is delivered to the group again.</summary>
    Replayed,

    /// <summary>The group is destroyed.</summary>
    GroupDestroyed,
}
