using Google.Protobuf;

namespace RedisFlow.Streams;

/// <summary>An entry of a stream, as this build reads it.</summary>
/// <param name="Position">Its place in the stream.</param>
/// <param name="Envelope">The envelope; <c>null</c> if the bytes are none that this build understands.</param>
/// <param name="Payload">The event; <c>null</c> exactly if <paramref name="Problem"/> is not.</param>
/// <param name="Problem">Why there is no event: what a consumer would dead-letter it for, one of
/// <see cref="DeadLetterReason"/>.</param>
/// <param name="Error">The problem in words; <c>null</c> if there is no problem.</param>
/// <param name="Data">The envelope's bytes as they were published.</param>
public sealed record StoredMessage(
    MessagePosition Position,
    StreamMessage? Envelope,
    IMessage? Payload,
    string? Problem,
    string? Error,
    ReadOnlyMemory<byte> Data
);
