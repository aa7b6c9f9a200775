using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Consuming.Core;

/// <summary>An entry that this worker holds: accepted, and not yet settled.</summary>
internal sealed class InFlightMessage(RawEntry entry, DecodedEntry decoded, long leasedAt)
{
    /// <summary>The entry as Redis returned it.</summary>
    public RawEntry Entry => entry;

    /// <summary>What it contains.</summary>
    public DecodedEntry Decoded => decoded;

    /// <summary>Its place in the stream that it was read from.</summary>
    public MessagePosition Position => entry.Position;

    /// <summary>The message's place in the stream that it was published to.</summary>
    public MessagePosition Origin => entry.Origin;

    /// <summary>What it is about; <c>null</c>: nothing that has an order.</summary>
    public string? Subject { get; } = decoded.Message?.Subject is { Length: > 0 } subject ? subject : null;

    /// <summary>Its size, in bytes, as Redis returned it.</summary>
    public int Size => entry.Data?.Length ?? 0;

    /// <summary>How often Redis has delivered it.</summary>
    public long DeliveryCount { get; set; } = entry.Deliveries;

    /// <summary>
    /// Whether it is in the group's pending list. An entry without data leaves that list when it is taken over. No
    /// other worker can have it then, so it has no lease that could be renewed or pass.
    /// </summary>
    public bool IsPending { get; set; } = true;

    /// <summary>A moment, as a timestamp, at which it was certainly this worker's: the lease runs from there.</summary>
    public long LeasedAt { get; set; } = leasedAt;

    /// <summary>Where it is on its way.</summary>
    public InFlightState State { get; set; } = InFlightState.Waiting;

    /// <summary>When it is tried again, as a timestamp; while <see cref="InFlightState.Retrying"/>.</summary>
    public long RetryAt { get; set; }

    /// <summary>Whether the next attempt counts as a delivery: not after a fault of the infrastructure.</summary>
    public bool CountsNextDelivery { get; set; }

    /// <summary>
    /// Faults of the infrastructure in a row: they cost no attempt, but each makes the next wait longer.
    /// </summary>
    public int Faults { get; set; }

    /// <summary>It is the one message of its subject that is under way; later ones wait for it.</summary>
    public bool OwnsSubject { get; set; }

    /// <summary>It was begun, and its end was not reported yet.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>How often it was begun here. Tells one run from the next.</summary>
    public int Begins { get; set; }

    /// <summary>The lane that runs it, or ran it last.</summary>
    public int Lane { get; set; }
}

/// <summary>Where a held entry is on its way.</summary>
internal enum InFlightState
{
    /// <summary>It waits for a lane.</summary>
    Waiting,

    /// <summary>Its handlers run, or it is moved to the dead letters.</summary>
    Running,

    /// <summary>It failed and waits for its next attempt.</summary>
    Retrying,

    /// <summary>It was handled; its acknowledgement is not confirmed yet.</summary>
    Acknowledging,

    /// <summary>It is another worker's now; its handler was told and has not ended yet.</summary>
    Lost,
}
