using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>A page of dead letters, oldest first.</summary>
/// <param name="Group">The group that gave them up; null: letters of all groups.</param>
/// <param name="Letters">The letters; fewer than the limit where they are large or hard to find, so only next tells
/// whether there are more.</param>
/// <param name="Next">What to give as after for the next page; null on the last one.</param>
internal sealed record DeadLetterPageResponse(string? Group, IReadOnlyList<DeadLetterResponse> Letters, string? Next);

/// <summary>
/// A message that a group gave up. What the letter does not say, because something else wrote it, is empty, 0 or null.
/// </summary>
/// <param name="Position">Its position in the dead-letter stream.</param>
/// <param name="Group">The group that gave it up.</param>
/// <param name="Reason">Why: no-data, undecodable, unknown-type, newer-schema or handler-failed.</param>
/// <param name="Error">What was wrong, in words.</param>
/// <param name="Attempts">How often it had been delivered.</param>
/// <param name="OriginalPosition">The position that it had in the stream.</param>
/// <param name="Consumer">The consumer that gave it up.</param>
/// <param name="MessageId">The message's id; null without an envelope.</param>
/// <param name="Subject">What the message is about; null without an envelope.</param>
/// <param name="Source">The application that the message comes from; null without an envelope.</param>
/// <param name="Content">What happened, in the publisher's words; null without an envelope.</param>
/// <param name="Type">The payload's type; null without a payload.</param>
/// <param name="Payload">The payload in protobuf's JSON form, where 64-bit numbers are strings; null if it could not be
/// read.</param>
/// <param name="Undecoded">Why there is no payload; null if there is one.</param>
/// <param name="Data">The whole entry as it was published, in Base64, if the payload could not be read; null if it
/// could.</param>
internal sealed record DeadLetterResponse(
    string Position,
    string Group,
    string Reason,
    string Error,
    long Attempts,
    string? OriginalPosition,
    string Consumer,
    string? MessageId,
    string? Subject,
    string? Source,
    string? Content,
    string? Type,
    JsonElement? Payload,
    string? Undecoded,
    string? Data
)
{
    public static DeadLetterResponse From(DeadLetterEntry letter, PayloadReader reader)
    {
        var (payload, undecoded) = reader.Read(letter.Envelope);
        var envelope = letter.Envelope;
        return new(
            letter.Position.ToString(),
            letter.Group,
            letter.Reason,
            letter.Error,
            letter.Attempts,
            letter.OriginalPosition?.ToString(),
            letter.Consumer,
            envelope?.MessageId,
            envelope?.Subject,
            envelope?.SourceApplication,
            envelope?.Content,
            envelope?.Payload is { } any ? Any.GetTypeName(any.TypeUrl) : null,
            payload,
            undecoded,
            payload is null ? Convert.ToBase64String(letter.Data.Span) : null
        );
    }
}
