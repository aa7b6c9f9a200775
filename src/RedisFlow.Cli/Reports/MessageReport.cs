using System.Text.Json.Nodes;
using Google.Protobuf;
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
    public static MessageReport Of(StoredMessage message) =>
        new(
            message.Position,
            MomentOf(message.Position),
            message.Envelope is { } envelope ? EnvelopeReport.Of(envelope) : null,
            message.Problem,
            message.Error,
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

/// <summary>An envelope, with its payload in the JSON form of protobuf.</summary>
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
    JsonNode? Payload
)
{
    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithTypeRegistry(KnownMessages.Registry)
    );

    public static EnvelopeReport Of(StreamMessage envelope) =>
        new(
            envelope.MessageId,
            envelope.Payload is { } payload ? Any.GetTypeName(payload.TypeUrl) : "",
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
            PayloadOf(envelope.Payload)
        );

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

    private static JsonNode? PayloadOf(Any? payload)
    {
        if (payload is null || KnownMessages.Registry.Find(Any.GetTypeName(payload.TypeUrl)) is not { } type)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(Formatter.Format(type.Parser.ParseFrom(payload.Value)));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
