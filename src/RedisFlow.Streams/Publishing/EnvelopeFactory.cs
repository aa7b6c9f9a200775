using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Publishing;

/// <summary>Puts a publication into its envelope.</summary>
internal sealed class EnvelopeFactory([FromKeyedServices] StreamContext stream, TypeRegistry types, TimeProvider time)
{
    /// <summary>Creates the envelope, without trace context.</summary>
    /// <exception cref="ArgumentException">The publication is not one that consumers could handle, or is too
    /// large.</exception>
    public StreamMessage Create(Publication publication, string parameter)
    {
        ArgumentNullException.ThrowIfNull(publication, parameter);
        var type = publication.Payload?.Descriptor ?? throw PublicationRules.Refused(parameter, "it has no payload");
        if (types.Find(type.FullName) is null)
        {
            throw PublicationRules.Refused(
                parameter,
                $"its payload type {type.FullName} is not known, and consumers would dead-letter it; name its proto "
                    + "file at the registration, e.g. "
                    + $"AddRedisStreams(…).{nameof(RedisStreamsBuilder.AddMessages)}(OrdersReflection.Descriptor)"
            );
        }

        PublicationRules.Check(publication, parameter);
        CheckSize(publication.Payload.CalculateSize(), parameter);
        var now = time.GetUtcNow();
        var message = new StreamMessage
        {
            Producer = $"{stream.Options.Application}/{stream.Options.InstanceId}",
            Content = publication.Content,
            CreatedAt = Timestamp.FromDateTimeOffset(now),
            MessageId = publication.MessageId ?? Guid.CreateVersion7(now).ToString(),
            Payload = Any.Pack(publication.Payload),
            SchemaVersion = MessageSchema.CurrentVersion,
            Subject = publication.Subject,
            EntityVersion = publication.EntityVersion,
            Tenant = publication.Tenant,
            SourceApplication = stream.Options.Application,
            TargetApplication = publication.TargetApplication,
            Optional = publication.IsOptional,
        };
        message.Headers.Add(publication.Headers.ToDictionary());
        CheckSize(message.CalculateSize(), parameter);
        return message;
    }

    /// <summary>
    /// Writes the context of <paramref name="creation"/>, or of the current span when that is not sampled, into the
    /// envelope, and returns the envelope's bytes.
    /// </summary>
    /// <exception cref="ArgumentException">The envelope is too large.</exception>
    public byte[] Seal(StreamMessage message, Activity? creation, string parameter)
    {
        Trace(message, creation ?? Activity.Current);
        CheckSize(message.CalculateSize(), parameter);
        return message.ToByteArray();
    }

    /// <summary>Writes a span's context into the envelope.</summary>
    public static void Trace(StreamMessage message, Activity? source)
    {
        if (source is { IdFormat: ActivityIdFormat.W3C })
        {
            message.Traceparent = source.Id ?? "";
            message.Tracestate = source.TraceStateString ?? "";
        }
    }

    private void CheckSize(int size, string parameter)
    {
        var limit = stream.Options.MaxMessageSize;
        if (size > limit)
        {
            throw PublicationRules.Refused(
                parameter,
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"its envelope has {size:N0} bytes, and "
                        + $"{StreamOptions.SectionOf(stream.Key)}:{nameof(StreamOptions.MaxMessageSize)} allows "
                        + $"{limit:N0}; keep the data elsewhere and publish where it is, or raise that setting"
                )
            );
        }
    }
}
