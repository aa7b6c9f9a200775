using RedisFlow.Chaos.Recording;

namespace RedisFlow.Chaos.Checking;

/// <summary>What the checker found.</summary>
internal sealed record Verdict
{
    /// <summary>Messages that publishers tried to publish.</summary>
    public required int Attempted { get; init; }

    /// <summary>Messages that Redis confirmed.</summary>
    public required int Published { get; init; }

    /// <summary>Messages whose outcome the publisher does not know.</summary>
    public int Unknown => Attempted - Published;

    /// <summary>Each group.</summary>
    public required IReadOnlyList<GroupVerdict> Groups { get; init; }

    /// <summary>Entries in the dead-letter stream.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>
    /// Confirmed messages that Redis itself lost when it was killed, within what <c>appendfsync everysec</c> allows. Not the engine's loss.
    /// </summary>
    public required int LostByRedis { get; init; }

    /// <summary>Why the run is not valid; empty if it is.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Nothing lost, nothing unexpected, no dead letter, no incident.</summary>
    public bool IsValid => Problems.Count == 0;
}

/// <summary>What the checker found about one group.</summary>
internal sealed record GroupVerdict
{
    /// <summary>The group.</summary>
    public required string Group { get; init; }

    /// <summary>Distinct messages handled.</summary>
    public required int Handled { get; init; }

    /// <summary>Handlings beyond the first of each message.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Messages of unknown outcome that did arrive.</summary>
    public required int Recovered { get; init; }

    /// <summary>Confirmed and never handled.</summary>
    public required IReadOnlyList<MessageId> Lost { get; init; }

    /// <summary>Where in the order of each publisher the lost ones are.</summary>
    public required IReadOnlyList<PublisherLoss> LostByPublisher { get; init; }

    /// <summary>Handled, but never attempted, or at another position than the confirmed one.</summary>
    public required IReadOnlyList<MessageId> Unexpected { get; init; }

    /// <summary>
    /// First handlings that came after that of a later message of the subject, anywhere in the group. Counted, not judged: order per
    /// subject is kept within a worker; a takeover, a replay or the other worker may be faster.
    /// </summary>
    public required int OutOfOrder { get; init; }

    /// <summary>The same, counted within each worker process alone.</summary>
    public required int OutOfOrderWithinWorker { get; init; }
}

/// <summary>A publisher's lost messages: before the first that was handled, after the last, or between.</summary>
internal sealed record PublisherLoss(int Publisher, int Prefix, int Middle, int Tail);
