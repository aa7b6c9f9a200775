using Google.Protobuf;

namespace RedisFlow.Streams;

/// <summary>One message as a consumer receives it. It may come more than once: delivery is at least once.</summary>
/// <param name="Position">The message's place in the stream.</param>
/// <param name="Message">The envelope.</param>
/// <param name="Payload">The event, unpacked.</param>
/// <param name="Group">The consumer group that it was delivered to.</param>
/// <param name="Consumer">The consumer within the group.</param>
/// <param name="DeliveryCount">How often Redis has delivered it to this group, this time included; 1 the first
/// time.</param>
public record StreamDelivery(
    MessagePosition Position,
    StreamMessage Message,
    IMessage Payload,
    string Group,
    string Consumer,
    long DeliveryCount
);

/// <summary>A <see cref="StreamDelivery"/> whose payload has a known type.</summary>
/// <typeparam name="TPayload">The payload's protobuf type.</typeparam>
public sealed record StreamDelivery<TPayload>(StreamDelivery Delivery, TPayload Event) : StreamDelivery(Delivery)
    where TPayload : IMessage<TPayload>;
