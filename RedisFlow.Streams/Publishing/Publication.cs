using Google.Protobuf;

namespace RedisFlow.Streams;

/// <summary>What an application publishes; the publisher adds the envelope's other fields (id, time, producer, trace context).</summary>
/// <param name="Payload">The event. Its type must be known to the consumers' payload registry.</param>
/// <param name="Subject">The entity that it is about, e.g. <c>company/456</c>. Messages of one subject keep their order.</param>
/// <param name="Content">What happened, in one line for people.</param>
public sealed record Publication(IMessage Payload, string Subject, string Content)
{
    /// <summary>The entity's version after the change; 0 where it has none.</summary>
    public long EntityVersion { get; init; }

    /// <summary>The one application that the message is for; empty (the default): for all.</summary>
    public string TargetApplication { get; init; } = "";

    /// <summary>The tenant that the entity belongs to; empty in a single-tenant system.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Free additions of the application; not interpreted.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
