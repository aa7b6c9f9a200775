using Google.Protobuf;

namespace RedisFlow.Streams;

/// <summary>
/// What an application publishes; the publisher adds the envelope's other fields (id, time, producer, trace context).
/// </summary>
/// <param name="Payload">The event. Its type must be known to the consumers' payload registry.</param>
/// <param name="Subject">The entity that it is about, e.g. <c>company/456</c>; at most 500 characters, none of them a
/// control character. Messages of one subject keep their order.</param>
/// <param name="Content">What happened, in one line for people; at most 2,000 characters.</param>
public sealed record Publication(IMessage Payload, string Subject, string Content)
{
    /// <summary>
    /// The message's id, to publish it at most once: published again within
    /// <see cref="StreamOptions.IdempotencyWindow"/>, by whomever, it adds nothing, and its first position is returned.
    /// 1 to 100 visible characters, e.g. <c>order-42/paid</c>. Default: <c>null</c>, for a new UUIDv7; then each
    /// publish adds a message.
    /// </summary>
    public string? MessageId { get; init; }

    /// <summary>The entity's version after the change; 0 (the default) where it has none. Not negative.</summary>
    public long EntityVersion { get; init; }

    /// <summary>
    /// The one application that the message is for; empty (the default): for all. At most 200 characters.
    /// </summary>
    public string TargetApplication { get; init; } = "";

    /// <summary>
    /// Whether a consumer group that does not know the payload's type acknowledges the message, rather than park it: it
    /// concerns only those who know it. Default: <c>false</c>.
    /// </summary>
    public bool IsOptional { get; init; }

    /// <summary>
    /// The tenant that the entity belongs to; empty (the default) in a single-tenant system. At most 200 characters.
    /// </summary>
    public string Tenant { get; init; } = "";

    /// <summary>
    /// Free additions of the application; not interpreted. At most 64, with names of 1 to 200 visible characters and
    /// values of at most 8,192 characters. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
