using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>The measured messages: what the Organization service sends when a company is renamed.</summary>
internal static class Messages
{
    /// <summary>How many entities the messages are about; messages of one are handled one after the other.</summary>
    public const int Subjects = 1000;

    private static readonly string[] SubjectNames =
    [
        .. Enumerable.Range(0, Subjects).Select(i => string.Create(CultureInfo.InvariantCulture, $"company/{i}")),
    ];

    /// <summary>What an application publishes.</summary>
    public static Publication Publication(long index) =>
        new(
            new CompanyUpdated { CompanyId = index, Name = "Acme Motors of Springfield" },
            SubjectNames[index % Subjects],
            "Company was renamed."
        );

    /// <summary>The envelope as a publisher builds it, for measurements without one.</summary>
    public static StreamMessage Envelope(long index)
    {
        var now = DateTimeOffset.UtcNow;
        var publication = Publication(index);
        return new StreamMessage
        {
            Producer = "bench/bench-1",
            Content = publication.Content,
            CreatedAt = Timestamp.FromDateTimeOffset(now),
            MessageId = Guid.CreateVersion7(now).ToString(),
            Payload = Any.Pack(publication.Payload),
            SchemaVersion = MessageSchema.CurrentVersion,
            Subject = publication.Subject,
            SourceApplication = "bench",
        };
    }

    /// <summary>The envelope's bytes.</summary>
    public static byte[] Bytes(long index) => Envelope(index).ToByteArray();
}
