using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Consuming;

/// <summary>Turns an entry's bytes into a message, or says why that is impossible.</summary>
internal sealed class MessageDecoder(TypeRegistry types)
{
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
#pragma warning disable CA1031 // Whatever a parser may throw on foreign bytes: the entry cannot be decoded, and the worker goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return DecodedEntry.Poison(DeadLetterReason.Undecodable, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

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

        // First, since a newer schema may mean anything by the rest.
        if (message.SchemaVersion > MessageSchema.CurrentVersion)
        {
            return DecodedEntry.Poison(
                DeadLetterReason.NewerSchema,
                $"Schema version {message.SchemaVersion} is newer than {MessageSchema.CurrentVersion}, the newest that this build reads.");
        }

        if (message.Payload is null)
        {
            return DecodedEntry.Poison(DeadLetterReason.Undecodable, "The envelope has no payload.");
        }

        var typeName = Any.GetTypeName(message.Payload.TypeUrl);
        if (types.Find(typeName) is not { } type)
        {
            // With its envelope: it may be for an application that knows the type.
            return new DecodedEntry(message, null, DeadLetterReason.UnknownType, $"The payload type '{typeName}' is not known to this build.");
        }

        try
        {
            return new DecodedEntry(message, type.Parser.ParseFrom(message.Payload.Value), null, null);
        }
        catch (InvalidProtocolBufferException exception)
        {
            return DecodedEntry.Poison(DeadLetterReason.Undecodable, $"The payload is no {typeName}: {exception.Message}");
        }
    }
}

/// <summary>A message, or the reason why it cannot be handled.</summary>
/// <param name="Message">The envelope; <c>null</c> if there is none that this build understands.</param>
/// <param name="Payload">The event; <c>null</c> exactly if there is a reason.</param>
/// <param name="Reason">One of <see cref="DeadLetterReason"/>.</param>
/// <param name="Error">The reason in words.</param>
internal readonly record struct DecodedEntry(StreamMessage? Message, IMessage? Payload, string? Reason, string? Error)
{
    public static DecodedEntry Poison(string reason, string error) => new(null, null, reason, error);
}
