namespace RedisFlow.Streams;

/// <summary>What a redrive did.</summary>
/// <param name="Redriven">The letters that were published again, with their new positions in the stream.</param>
/// <param name="NotFound">Positions without a dead letter: it was redriven or dropped before, or never existed.</param>
/// <param name="WithoutData">Letters that stay where they are, since they have no data that could be published.</param>
public sealed record RedriveResult(
    IReadOnlyList<RedrivenLetter> Redriven,
    IReadOnlyList<MessagePosition> NotFound,
    IReadOnlyList<MessagePosition> WithoutData
);

/// <summary>A dead letter that was published again.</summary>
/// <param name="Letter">Its position in the dead-letter stream, where it no longer is.</param>
/// <param name="Message">The new message's position in the stream.</param>
public sealed record RedrivenLetter(MessagePosition Letter, MessagePosition Message);

/// <summary>What a replay delivers.</summary>
/// <param name="Entries">
/// How many entries the group receives again. 0 if it has not reached the position yet: then it receives everything
/// from there on in any case, and nothing was changed.
/// </param>
/// <param name="OldestKept">
/// The oldest entry of the stream, if the replay asked for older ones and the stream was trimmed: older entries may be
/// missing. Else <c>null</c>.
/// </param>
public sealed record ReplayResult(long Entries, MessagePosition? OldestKept);

/// <summary>What a group will never handle.</summary>
/// <param name="Pending">Entries that had been delivered and not acknowledged.</param>
/// <param name="Undelivered">Entries that had not been delivered; <c>null</c> if their number was unknown.</param>
/// <param name="Position">Where the group goes on: after this entry.</param>
public sealed record DroppedBacklog(long Pending, long? Undelivered, MessagePosition Position);

/// <summary>What a group that was taken away will never handle.</summary>
/// <param name="Pending">Entries that had been delivered and not acknowledged.</param>
/// <param name="Undelivered">Entries that had not been delivered; <c>null</c> if their number was unknown.</param>
public sealed record RetiredGroup(long Pending, long? Undelivered)
{
    /// <summary>Messages that were parked: they waited for a build that knows their type.</summary>
    public long Parked { get; init; }
}

/// <summary>That a group is paused.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when, by the server's clock.</param>
public sealed record GroupPause(string Reason, DateTimeOffset Since);
