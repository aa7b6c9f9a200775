using Google.Protobuf;

namespace RedisFlow.Streams;

/// <summary>
/// A message that a group gave up. What the letter does not say, because something else wrote it, is empty, 0 or
/// <c>null</c>.
/// </summary>
public sealed class DecodedDeadLetter : DecodedMessage
{
    /// <summary>Decodes a letter. Whatever its bytes are, that does not fail.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="json">How payloads are written, with the registry of their types.</param>
    /// <param name="maxDepth">The most levels of a payload's JSON; more is not shown.</param>
    public DecodedDeadLetter(DeadLetterEntry letter, JsonFormatter.Settings json, int maxDepth)
        : base(
            (letter ?? throw new ArgumentNullException(nameof(letter))).Position,
            letter.Envelope,
            letter.Data,
            json,
            maxDepth
        )
    {
        Group = letter.Group;
        Reason = letter.Reason;
        Error = letter.Error;
        Attempts = letter.Attempts;
        OriginalPosition = letter.OriginalPosition;
        Consumer = letter.Consumer;
    }

    /// <summary>The group that gave it up.</summary>
    public string Group { get; init; }

    /// <summary>Why: no-data, undecodable, unknown-type, newer-schema or handler-failed.</summary>
    public string Reason { get; init; }

    /// <summary>What was wrong, in words.</summary>
    public string Error { get; init; }

    /// <summary>How often it had been delivered.</summary>
    public long Attempts { get; init; }

    /// <summary>The position that it had in the stream.</summary>
    public MessagePosition? OriginalPosition { get; init; }

    /// <summary>The consumer that gave it up.</summary>
    public string Consumer { get; init; }
}

/// <summary>A page of dead letters, oldest first.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Group">The group that gave them up; <c>null</c>: letters of all groups.</param>
/// <param name="Letters">The letters; they may be fewer than the limit, so only next tells whether there are
/// more.</param>
/// <param name="Next">What to give as after for the next page; <c>null</c> on the last one.</param>
public sealed record DeadLetterPage(
    string Stream,
    string? Group,
    IReadOnlyList<DecodedDeadLetter> Letters,
    MessagePosition? Next
);
