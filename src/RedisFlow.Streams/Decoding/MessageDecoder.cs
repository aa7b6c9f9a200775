using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Decoding;

/// <summary>Turns an entry's bytes into a message, or says why that is impossible.</summary>
internal sealed class MessageDecoder(TypeRegistry types)
{
    private const string SchemaPrefix = "schema:";
    private const int LongestTypeName = 255;

    /// <summary>Decodes; never throws.</summary>
    public DecodedEntry Decode(RawEntry entry)
    {
        if (entry.IsLost)
        {
            return DecodedEntry.Poison(DeadLetterReason.Lost, "The entry's data was removed before it was handled.");
        }

        try
        {
            return Decode(entry.Data);
        }
        // Whatever a parser may throw on foreign bytes: the entry cannot be decoded, and the worker goes on.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return DecodedEntry.Poison(
                DeadLetterReason.Undecodable,
                $"{exception.GetType().Name}: {exception.Message}"
            );
        }
    }

    /// <summary>Whether this build knows what a message waits for; see <see cref="DecodedEntry.WaitsFor"/>.</summary>
    public bool Knows(string waitsFor) =>
        waitsFor.StartsWith(SchemaPrefix, StringComparison.Ordinal)
            ? uint.TryParse(waitsFor.AsSpan(SchemaPrefix.Length), CultureInfo.InvariantCulture, out var version)
                && version <= MessageSchema.CurrentVersion
            : types.Find(waitsFor) is not null;

    /// <summary>
    /// Whether this build knows a message's schema and its payload's type. One without a type has no payload, which
    /// needs no knowledge.
    /// </summary>
    public bool Knows(long schema, string type) =>
        schema <= MessageSchema.CurrentVersion && (type.Length == 0 || types.Find(type) is not null);

    /// <summary>
    /// The payload's type, as the envelope names it; empty if there is no type, or if no build could ever know it.
    /// </summary>
    public static string TypeOf(StreamMessage message) =>
        message.Payload is { } payload && Any.GetTypeName(payload.TypeUrl) is var name && IsTypeName(name) ? name : "";

    /// <summary>Whether there could be a type with this name. No message waits for any other name.</summary>
    private static bool IsTypeName(string name) =>
        name.Length is > 0 and <= LongestTypeName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');

    private DecodedEntry Decode(byte[]? data)
    {
        if (data is null)
        {
            return DecodedEntry.Poison(DeadLetterReason.NoData, "The entry has no field 'data'.");
        }

        StreamMessage message;
        try
        {
            message = StreamMessage.Parser.ParseFrom(data);
        }
        catch (InvalidProtocolBufferException exception)
        {
            return DecodedEntry.Poison(DeadLetterReason.Undecodable, exception.Message);
        }

        // First, since a newer schema may mean anything by the payload.
        if (message.SchemaVersion > MessageSchema.CurrentVersion)
        {
            return new DecodedEntry(
                message,
                null,
                DeadLetterReason.NewerSchema,
                $"Schema version {message.SchemaVersion} is newer than {MessageSchema.CurrentVersion}, the newest "
                    + "that this build reads."
            )
            {
                WaitsFor = string.Create(CultureInfo.InvariantCulture, $"{SchemaPrefix}{message.SchemaVersion}"),
            };
        }

        if (message.Payload is null)
        {
            return DecodedEntry.Poison(DeadLetterReason.Undecodable, "The envelope has no payload.");
        }

        var typeName = Any.GetTypeName(message.Payload.TypeUrl);
        if (types.Find(typeName) is not { } type)
        {
            // With its envelope: it may be for an application that knows the type.
            return new DecodedEntry(
                message,
                null,
                DeadLetterReason.UnknownType,
                $"The payload type '{typeName}' is not known to this build."
            )
            {
                WaitsFor = IsTypeName(typeName) ? typeName : null,
            };
        }

        try
        {
            return new DecodedEntry(message, type.Parser.ParseFrom(message.Payload.Value), null, null);
        }
        catch (InvalidProtocolBufferException exception)
        {
            return DecodedEntry.Poison(
                DeadLetterReason.Undecodable,
                $"The payload is no {typeName}: {exception.Message}"
            );
        }
    }
}

/// <summary>A message, or the reason why it cannot be handled.</summary>
/// <param name="Message">
/// The envelope; <c>null</c> if there is no envelope. Of a newer schema, only what is the same in every schema means
/// something.
/// </param>
/// <param name="Payload">The event; <c>null</c> exactly if there is a reason.</param>
/// <param name="Reason">One of <see cref="DeadLetterReason"/>.</param>
/// <param name="Error">The reason in words.</param>
internal readonly record struct DecodedEntry(StreamMessage? Message, IMessage? Payload, string? Reason, string? Error)
{
    /// <summary>
    /// What a build must know to decode it: the payload's type, or <c>schema:</c> and the envelope's version;
    /// <c>null</c> if this one does, or none ever will.
    /// </summary>
    public string? WaitsFor { get; init; }

    public static DecodedEntry Poison(string reason, string error) => new(null, null, reason, error);
}
