namespace RedisFlow.Streams;

/// <summary>A message that its group parks.</summary>
/// <param name="Position">The message's place in the stream.</param>
/// <param name="Group">The group.</param>
/// <param name="Message">The envelope. Of a schema that this build does not know, only what <see cref="StreamMessage"/>
/// says to be the same in every schema may be relied on.</param>
/// <param name="Delivery">The message; <c>null</c> if this build does not know its type or schema, else it waits behind
/// one of its subject.</param>
public sealed record StreamParkedMessage(
    MessagePosition Position,
    string Group,
    StreamMessage Message,
    StreamDelivery? Delivery
);
