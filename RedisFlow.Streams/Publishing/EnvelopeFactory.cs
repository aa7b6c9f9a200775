using System.Diagnostics;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Configuration;

namespace RedisFlow.Streams.Publishing;

/// <summary>Puts a publication into its envelope.</summary>
internal sealed class EnvelopeFactory([FromKeyedServices] StreamContext stream, TypeRegistry types, TimeProvider time)
{
    /// <summary>Creates the envelope, without trace context.</summary>
    /// <exception cref="ArgumentException">The publication is not one that consumers could handle.</exception>
    public StreamMessage Create(Publication publication)
    {
        ArgumentNullException.ThrowIfNull(publication);
        var type = publication.Payload?.Descriptor ?? throw new ArgumentException("The publication has no payload.", nameof(publication));
        if (types.Find(type.FullName) is null)
        {
            throw new ArgumentException(
                $"The payload type {type.FullName} is not registered; consumers would dead-letter it. Add its file to {nameof(MessageTypes)}.",
                nameof(publication));
        }

        var now = time.GetUtcNow();
        var message = new StreamMessage
        {
            Producer = $"{stream.Options.Application}/{stream.Options.InstanceId}",
            Content = publication.Content,
            CreatedAt = Timestamp.FromDateTimeOffset(now),
            MessageId = Guid.CreateVersion7(now).ToString(),
            Payload = Any.Pack(publication.Payload),
            SchemaVersion = MessageSchema.CurrentVersion,
            Subject = publication.Subject,
            EntityVersion = publication.EntityVersion,
            Tenant = publication.Tenant,
            SourceApplication = stream.Options.Application,
            TargetApplication = publication.TargetApplication,
        };
        message.Headers.Add(publication.Headers.ToDictionary());
        return message;
    }

    /// <summary>Writes the context of <paramref name="send"/>, or of the current span when the send is not sampled, into the envelope.</summary>
    public static void SetTraceContext(StreamMessage message, Activity? send)
    {
        if ((send ?? Activity.Current) is { IdFormat: ActivityIdFormat.W3C } source)
        {
            message.Traceparent = source.Id ?? "";
            message.Tracestate = source.TraceStateString ?? "";
        }
    }
}
