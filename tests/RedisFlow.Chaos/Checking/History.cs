using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Checking;

/// <summary>What happened in a run, as its processes recorded it.</summary>
internal sealed record History
{
    /// <summary>Every attempted message; with its position if Redis confirmed it, without if the outcome is unknown.</summary>
    public required IReadOnlyDictionary<MessageId, StreamPosition?> Attempted { get; init; }

    /// <summary>What the handlers of each group did, in any order.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Handling>> Handled { get; init; }

    /// <summary>Entries in the dead-letter stream at the end.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Confirmed messages that are not in the stream at the end.</summary>
    public IReadOnlySet<MessageId> Absent { get; init; } = new HashSet<MessageId>();

    /// <summary>
    /// When Redis was killed, in Unix milliseconds of its own clock. With <c>appendfsync everysec</c> it puts off its write while an fsync
    /// runs, for at most 2 s, and confirms meanwhile: only what it confirmed in that time may be gone after a kill.
    /// </summary>
    public IReadOnlyList<long> RedisKills { get; init; } = [];

    /// <summary>What else went wrong, e.g. a worker that ended by itself, or a group that was not drained in time.</summary>
    public IReadOnlyList<string> Incidents { get; init; } = [];
}

/// <summary>One return of a handler.</summary>
/// <param name="Process">The worker process: instance and incarnation.</param>
/// <param name="Id">The message.</param>
/// <param name="Position">Its position.</param>
/// <param name="Timestamp">When, by the machine's monotonic clock.</param>
internal readonly record struct Handling(string Process, MessageId Id, StreamPosition Position, long Timestamp);
