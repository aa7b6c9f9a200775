using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>
/// An event of the table <c>event_tracking</c>: written in the transaction of the change that it tells of, published
/// after that, and kept to say what became of it.
/// </summary>
public sealed class TrackedEvent
{
    private TrackedEvent() { }

    /// <summary>
    /// Gets the place in the order of all events. Within a subject it is the order of the commits, and within a save
    /// the order in which the events were added.
    /// </summary>
    public long Id { get; private set; }

    /// <summary>Gets the message's id, unique among all events.</summary>
    public string MessageId { get; private set; } = "";

    /// <summary>Gets the payload's protobuf type, e.g. <c>redisflow.v1.CompanyUpdated</c>.</summary>
    public string Type { get; private set; } = "";

    /// <summary>Gets what the event is about, e.g. <c>company/456</c>.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>Gets what happened, in one line for people.</summary>
    public string Content { get; private set; } = "";

    /// <summary>Gets the entity's version after the change; 0 where it has no version.</summary>
    public long EntityVersion { get; private set; }

    /// <summary>Gets the tenant; empty in a single-tenant system.</summary>
    public string Tenant { get; private set; } = "";

    /// <summary>Gets the application that the event comes from.</summary>
    public string Source { get; private set; } = "";

    /// <summary>Gets the one application that it is for; empty for all.</summary>
    public string Target { get; private set; } = "";

    /// <summary>Gets the instance that wrote it, as <c>application/instance</c>.</summary>
    public string PublishedBy { get; private set; } = "";

    /// <summary>Gets the envelope as it is published: a serialized <see cref="StreamMessage"/>.</summary>
    public byte[] Envelope { get; private set; } = [];

    /// <summary>Gets how far the event is.</summary>
    public TrackedEventStatus Status { get; private set; }

    /// <summary>Gets its position in the stream; <c>null</c> until it is published.</summary>
    public MessagePosition? Position { get; private set; }

    /// <summary>Gets when the application wrote it, by the clock of that instance.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Gets when its position was stored, by the database's clock; <c>null</c> until then.</summary>
    public DateTimeOffset? PublishedAt { get; private set; }

    internal static TrackedEvent Of(StreamMessage envelope) =>
        new()
        {
            MessageId = envelope.MessageId,
            Type = Any.GetTypeName(envelope.Payload.TypeUrl),
            Subject = envelope.Subject,
            Content = envelope.Content,
            EntityVersion = envelope.EntityVersion,
            Tenant = envelope.Tenant,
            Source = envelope.SourceApplication,
            Target = envelope.TargetApplication,
            PublishedBy = envelope.Producer,
            Envelope = envelope.ToByteArray(),
            CreatedAt = envelope.CreatedAt.ToDateTimeOffset(),
        };
}
