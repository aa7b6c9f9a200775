using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Cli.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>
/// An entry of the stream. What could not be decoded has a problem, and its bytes in place of an envelope.
/// </summary>
internal sealed record MessageReport(
    MessagePosition Position,
    DateTimeOffset At,
    EnvelopeReport? Envelope,
    string? Problem,
    string? Error,
    string? DataBase64
)
{
    public static MessageReport Of(StoredMessage message, MessageCatalog messages) =>
        new(
            message.Position,
            MomentOf(message.Position),
            message.Envelope is { } envelope ? EnvelopeReport.Of(envelope, messages) : null,
            message.Problem,
            message.Problem == DeadLetterReason.UnknownType ? $"{message.Error} {messages.Hint}" : message.Error,
            message.Envelope is null ? Convert.ToBase64String(message.Data.Span) : null
        );

    /// <summary>
    /// When the entry was added, by the server's clock; ids that no clock made have the last moment that can be
    /// written.
    /// </summary>
    public static DateTimeOffset MomentOf(MessagePosition position) =>
        position.Milliseconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)position.Milliseconds)
            : DateTimeOffset.MaxValue;
}

/// <summary>
/// An envelope, with its payload in the JSON form of protobuf; of a payload that cannot be read, with its bytes in
/// place of that.
/// </summary>
internal sealed record EnvelopeReport(
    string MessageId,
    string Type,
    string Subject,
    string Content,
    long EntityVersion,
    string Producer,
    string SourceApplication,
    string TargetApplication,
    string Tenant,
    DateTimeOffset? CreatedAt,
    uint SchemaVersion,
    string Traceparent,
    IReadOnlyDictionary<string, string> Headers,
    JsonNode? Payload,
    int PayloadBytes,
    string? PayloadBase64
)
{
    public static EnvelopeReport Of(StreamMessage envelope, MessageCatalog messages)
    {
        var payload = messages.Read(envelope.Payload);
        var data = envelope.Payload?.Value;
        return new(
            envelope.MessageId,
            envelope.Payload is { } any ? Any.GetTypeName(any.TypeUrl) : "",
            envelope.Subject,
            envelope.Content,
            envelope.EntityVersion,
            envelope.Producer,
            envelope.SourceApplication,
            envelope.TargetApplication,
            envelope.Tenant,
            Created(envelope),
            envelope.SchemaVersion,
            envelope.Traceparent,
            envelope.Headers,
            payload,
            data?.Length ?? 0,
            payload is null ? data?.ToBase64() : null
        );
    }

    /// <summary>The type without its package.</summary>
    public string ShortType() => Type[(Type.LastIndexOf('.') + 1)..];

    // A timestamp that another build wrote may be none.
    private static DateTimeOffset? Created(StreamMessage envelope)
    {
        try
        {
            return envelope.CreatedAt?.ToDateTimeOffset();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
