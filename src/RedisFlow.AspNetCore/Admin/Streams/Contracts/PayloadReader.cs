using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>
/// Shows payloads as JSON, or says why that is impossible: dead letters are messages that something was wrong with.
/// </summary>
internal sealed class PayloadReader(TypeRegistry types)
{
    /// <summary>Answers are at most 16 levels deep, and a payload is on the fourth.</summary>
    private const int MaxDepth = 12;

    private readonly JsonFormatter _formatter = new(new JsonFormatter.Settings(formatDefaultValues: true, types));

    /// <returns>The payload, or why it is missing.</returns>
    public (JsonElement? Payload, string? Undecoded) Read(StreamMessage? envelope)
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

        if (envelope.Payload is null)
        {
            return (null, "The envelope has no payload.");
        }

        var name = Any.GetTypeName(envelope.Payload.TypeUrl);
        return types.Find(name) is { } type
            ? Read(envelope.Payload.Value, type)
            : (null, $"The payload type '{name}' is not known to this build.");
    }

    private (JsonElement? Payload, string? Undecoded) Read(ByteString value, MessageDescriptor type)
    {
        try
        {
            using var json = JsonDocument.Parse(
                _formatter.Format(type.Parser.ParseFrom(value)),
                new JsonDocumentOptions { MaxDepth = MaxDepth }
            );
            return (json.RootElement.Clone(), null);
        }
        // Whatever a parser or the formatter may throw on foreign bytes: the page shows the other letters too.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (null, $"The payload cannot be shown as {type.FullName}: {exception.Message}");
        }
    }
}
