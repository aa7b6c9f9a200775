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
    /// Confirmed messages that Redis itself lost when it was killed, within what <c>appendfsync everysec</c> allows.
    /// Not the engine's loss. (A lost message that a group had handled before is no loss to it; this counts those that
    /// some group did not.)
    /// </summary>
    public required int LostByRedis { get; init; }

    /// <summary>Why the run is not valid; empty if it is.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>
    /// Nothing lost, nothing unexpected, nothing out of order without excuse, no dead letter, no incident.
    /// </summary>
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

    /// <summary>Why messages were handled again, and how many.</summary>
    public required IReadOnlyDictionary<string, int> DuplicatesByCause { get; init; }

    /// <summary>Order per subject within each worker process.</summary>
    public required OrderVerdict Order { get; init; }

    /// <summary>
    /// First handlings that came after that of a later message of the subject, anywhere in the group. Counted, not
    /// judged: order per subject is kept within a worker, and a group's two workers do not wait for each other.
    /// </summary>
    public required int OutOfOrderInGroup { get; init; }
}

/// <summary>A publisher's lost messages: before the first that was handled, after the last, or between.</summary>
internal sealed record PublisherLoss(int Publisher, int Prefix, int Middle, int Tail);
