using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Checking;

/// <summary>What happened in a run, as its processes recorded it.</summary>
internal sealed record History
{
    /// <summary>
    /// Every attempted message; with its position if Redis confirmed it, without if the outcome is unknown.
    /// </summary>
    public required IReadOnlyDictionary<MessageId, MessagePosition?> Attempted { get; init; }

    /// <summary>What the handlers of each group did, in any order.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Handling>> Handled { get; init; }

    /// <summary>Entries in the dead-letter stream at the end.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Confirmed messages that are not in the stream at the end.</summary>
    public IReadOnlySet<MessageId> Absent { get; init; } = new HashSet<MessageId>();

    /// <summary>The faults as they happened.</summary>
    public IReadOnlyList<FaultEvent> Faults { get; init; } = [];

    /// <summary>
    /// Whether Redis wrote its append-only file before each confirmation; then its SIGKILL excuses no loss.
    /// </summary>
    public bool IsAlwaysSynced { get; init; }

    /// <summary>The workers' lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Connects the monotonic clock of the handlers with the wall clock of positions.</summary>
    public ClockAnchor Clock { get; init; } = ClockAnchor.Now();

    /// <summary>
    /// What else went wrong, e.g. a worker that ended by itself, or a group that was not drained in time.
    /// </summary>
    public IReadOnlyList<string> Incidents { get; init; } = [];
}

/// <summary>One run of a handler that ended (one that ended with its process left no trace).</summary>
/// <param name="Process">The worker process: instance and incarnation.</param>
/// <param name="Id">The message.</param>
/// <param name="Position">Its position.</param>
/// <param name="Time">From when to when.</param>
/// <param name="Deliveries">The delivery count that the handler was shown.</param>
/// <param name="Outcome">How it ended.</param>
internal readonly record struct Handling(
    string Process,
    MessageId Id,
    MessagePosition Position,
    HandlingTime Time,
    long Deliveries,
    Outcome Outcome
);
