namespace RedisFlow.Streams;

/// <summary>
/// A message in the dead-letter stream. What the letter does not say, because something else wrote it, is empty, 0 or
/// <c>null</c>.
/// </summary>
/// <param name="Position">Its place in the dead-letter stream; its time is when the group gave it up.</param>
/// <param name="Group">The group that gave it up.</param>
/// <param name="Reason">Why: one of <see cref="DeadLetterReason"/>.</param>
/// <param name="Error">What was wrong, in words.</param>
/// <param name="Attempts">How often it had been delivered.</param>
/// <param name="OriginalPosition">The place that it had in the stream.</param>
/// <param name="Consumer">The consumer that gave it up.</param>
/// <param name="Envelope">The envelope; <c>null</c> if the bytes are none.</param>
/// <param name="Data">The envelope's bytes as they were published.</param>
public sealed record DeadLetterEntry(
    MessagePosition Position,
    string Group,
    string Reason,
    string Error,
    long Attempts,
    MessagePosition? OriginalPosition,
    string Consumer,
    StreamMessage? Envelope,
    ReadOnlyMemory<byte> Data
);

/// <summary>Which dead letters; what is <c>null</c> does not matter.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>Those that this group gave up.</summary>
    public string? Group { get; init; }

    /// <summary>Those that were given up for this reason, one of <see cref="DeadLetterReason"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether a letter is among them.</summary>
    public bool Matches(DeadLetterEntry letter) =>
        (Group is null || Group == letter.Group) && (Reason is null || Reason == letter.Reason);
}
