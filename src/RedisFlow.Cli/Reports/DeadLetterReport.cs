using RedisFlow.Cli.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>A dead letter.</summary>
internal sealed record DeadLetterReport(
    MessagePosition Position,
    DateTimeOffset GivenUpAt,
    string Group,
    string Reason,
    string Error,
    long Attempts,
    MessagePosition? OriginalPosition,
    string Consumer,
    EnvelopeReport? Envelope,
    int Bytes,
    string? DataBase64
)
{
    /// <param name="letter">The letter.</param>
    /// <param name="messages">The types of payloads.</param>
    /// <param name="withData">Whether its bytes are shown.</param>
    public static DeadLetterReport Of(DeadLetterEntry letter, MessageCatalog messages, bool withData) =>
        new(
            letter.Position,
            MessageReport.MomentOf(letter.Position),
            letter.Group,
            letter.Reason,
            letter.Error,
            letter.Attempts,
            letter.OriginalPosition,
            letter.Consumer,
            letter.Envelope is { } envelope ? EnvelopeReport.Of(envelope, messages) : null,
            letter.Data.Length,
            withData ? Convert.ToBase64String(letter.Data.Span) : null
        );
}

/// <summary>A page of dead letters.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Letters">The letters, oldest first.</param>
/// <param name="Next">Where the next page begins, for <c>--after</c>; <c>null</c> if this is the last.</param>
internal sealed record DeadLetterPage(string Stream, IReadOnlyList<DeadLetterReport> Letters, MessagePosition? Next);

/// <summary>What a redrive did; see <see cref="RedriveResult"/>.</summary>
internal sealed record RedriveReport(
    string Stream,
    IReadOnlyList<RedrivenLetter> Redriven,
    IReadOnlyList<MessagePosition> NotFound,
    IReadOnlyList<MessagePosition> WithoutData
);

/// <summary>What a drop did.</summary>
internal sealed record DropReport(
    string Stream,
    IReadOnlyList<MessagePosition> Dropped,
    IReadOnlyList<MessagePosition> NotFound
);
