namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>How far a <see cref="TrackedEvent"/> is; in the table its name in lower case.</summary>
public enum TrackedEventStatus
{
    /// <summary>Committed, and not known to be in the stream.</summary>
    Pending,

    /// <summary>In the stream, at its position.</summary>
    Published,
}
