using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace RedisFlow.Streams;

/// <summary>
/// An entry with its envelope's facts and its payload as JSON, or why it has none: the form in which the operators'
/// endpoints and the command line show messages. Without an envelope, the facts are <c>null</c>.
/// </summary>
public abstract class DecodedMessage
{
    /// <summary>Decodes an entry. Whatever its bytes are, that does not fail.</summary>
    /// <param name="position">The entry's position.</param>
    /// <param name="envelope">The envelope; <c>null</c> if the data is not one.</param>
    /// <param name="data">The entry's data as it was published.</param>
    /// <param name="json">How payloads are written, with the registry of their types.</param>
    /// <param name="maxDepth">The most levels of a payload's JSON; more is not shown.</param>
    protected DecodedMessage(
        MessagePosition position,
        StreamMessage? envelope,
        ReadOnlyMemory<byte> data,
        JsonFormatter.Settings json,
        int maxDepth
    )
    {
        ArgumentNullException.ThrowIfNull(json);
        var payload = envelope?.Payload;
        Position = position;
        At = TimeOf(position);
        MessageId = envelope?.MessageId;
        Subject = envelope?.Subject;
        Source = envelope?.SourceApplication;
        Content = envelope?.Content;
        Type = payload is null ? null : Any.GetTypeName(payload.TypeUrl);
        (Payload, Undecoded) = Decode(envelope, json, maxDepth);
        PayloadBytes = payload?.Value.Length ?? 0;
        Bytes = data.Length;
        Data = Payload is null ? Convert.ToBase64String(data.Span) : null;
        CreatedAt = CreationOf(envelope);
        Producer = envelope?.Producer;
        TargetApplication = envelope?.TargetApplication;
        Tenant = envelope?.Tenant;
        EntityVersion = envelope?.EntityVersion;
        SchemaVersion = envelope?.SchemaVersion;
        Traceparent = envelope?.Traceparent;
        Headers = envelope?.Headers;
    }

    /// <summary>Its position; of a dead letter the one in the dead-letter stream.</summary>
    public MessagePosition Position { get; init; }

    /// <summary>When it was added there, by Redis's clock; of a dead letter when the group gave it up.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The message's id; <c>null</c> without an envelope.</summary>
    public string? MessageId { get; init; }

    /// <summary>What the message is about; <c>null</c> without an envelope.</summary>
    public string? Subject { get; init; }

    /// <summary>The application that the message comes from; <c>null</c> without an envelope.</summary>
    public string? Source { get; init; }

    /// <summary>What happened, in the publisher's words; <c>null</c> without an envelope.</summary>
    public string? Content { get; init; }

    /// <summary>The payload's type; <c>null</c> without a payload.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// The payload in protobuf's JSON form, where 64-bit numbers are strings; <c>null</c> if it could not be read.
    /// </summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Why there is no payload; <c>null</c> if there is one.</summary>
    public string? Undecoded { get; init; }

    /// <summary>The payload's size in bytes; 0 without a payload.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>The size in bytes of the whole entry as it was published.</summary>
    public int Bytes { get; init; }

    /// <summary>
    /// The whole entry as it was published, in Base64, if the payload could not be read; <c>null</c> if it could.
    /// </summary>
    public string? Data { get; init; }

    /// <summary>
    /// When the producer created the message, by the producer's clock; <c>null</c> without an envelope that says so.
    /// </summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The application and instance that published; <c>null</c> without an envelope.</summary>
    public string? Producer { get; init; }

    /// <summary>
    /// The application that the message is for, empty for all; <c>null</c> without an envelope.
    /// </summary>
    public string? TargetApplication { get; init; }

    /// <summary>The tenant that the subject belongs to, empty if there are no tenants; <c>null</c> without an
    /// envelope.</summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// The subject's version after the change, 0 where it has no versions; <c>null</c> without an envelope.
    /// </summary>
    public long? EntityVersion { get; init; }

    /// <summary>The version of the envelope's schema; <c>null</c> without an envelope.</summary>
    public uint? SchemaVersion { get; init; }

    /// <summary>The W3C trace context of the publishing span; <c>null</c> without an envelope.</summary>
    public string? Traceparent { get; init; }

    /// <summary>What the application added; <c>null</c> without an envelope.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    private static (JsonElement? Payload, string? Undecoded) Decode(
        StreamMessage? envelope,
        JsonFormatter.Settings json,
        int maxDepth
    )
    {
        if (envelope is null)
        {
            return (null, "The data is no envelope that this build can read.");
        }

        // First, since a newer schema may mean anything by the rest.
        if (envelope.SchemaVersion > MessageSchema.CurrentVersion)
        {
            return (
                null,
                $"Schema version {envelope.SchemaVersion} is newer than {MessageSchema.CurrentVersion}, the newest "
                    + "that this build reads."
            );
        }

        if (envelope.Payload is not { } payload)
        {
            return (null, "The envelope has no payload.");
        }

        var name = Any.GetTypeName(payload.TypeUrl);
        if (json.TypeRegistry.Find(name) is not { } type)
        {
            return (null, $"The payload type '{name}' is not known to this build.");
        }

        try
        {
            using var document = JsonDocument.Parse(
                new JsonFormatter(json).Format(type.Parser.ParseFrom(payload.Value)),
                new JsonDocumentOptions { MaxDepth = maxDepth }
            );
            return (document.RootElement.Clone(), null);
        }
        // Whatever a parser or the formatter may throw on foreign bytes: a page shows the other messages too.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (null, $"The payload cannot be shown as {name}: {exception.Message}");
        }
    }

    // Of an id that no clock made, the last time that can be written.
    private static DateTimeOffset TimeOf(MessagePosition position) =>
        position.Milliseconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)position.Milliseconds)
            : DateTimeOffset.MaxValue;

    // What another program wrote may be no time.
    private static DateTimeOffset? CreationOf(StreamMessage? envelope)
    {
        try
        {
            return envelope?.CreatedAt?.ToDateTimeOffset();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
