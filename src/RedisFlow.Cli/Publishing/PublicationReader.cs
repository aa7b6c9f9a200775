using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Publishing;

/// <summary>
/// Reads messages from JSON: one value or many, one after the other (JSON lines are that), or arrays of them. With a
/// type on the command line, each is a payload in protobuf's JSON form; without, each is a message: <c>type</c>,
/// <c>subject</c>, <c>payload</c>, and what else a <see cref="Publication"/> has.
/// </summary>
internal sealed class PublicationReader(MessageCatalog messages)
{
    private static readonly JsonSerializerOptions Documents = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private readonly MessageTypeNames _types = new(messages);

    /// <summary>Reads all of it.</summary>
    /// <exception cref="UsageException">Something is no message; it says which, counted from 1.</exception>
    public IReadOnlyList<Publication> Read(string text, PublicationDefaults defaults)
    {
        var publications = new List<Publication>();
        foreach (var value in Values(text))
        {
            publications.Add(One(value, defaults, publications.Count + 1));
        }

        return publications;
    }

    private static List<JsonElement> Values(string text)
    {
        var values = new List<JsonElement>();
        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(text),
            new JsonReaderOptions
            {
                AllowMultipleValues = true,
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            }
        );
        try
        {
            while (reader.Read())
            {
                var value = JsonElement.ParseValue(ref reader);
                if (value.ValueKind == JsonValueKind.Array)
                {
                    values.AddRange(value.EnumerateArray());
                }
                else
                {
                    values.Add(value);
                }
            }
        }
        catch (JsonException exception)
        {
            throw new UsageException(
                $"The input is no JSON in line {exception.LineNumber + 1}: {exception.Message}",
                exception
            );
        }

        return values;
    }

    private Publication One(JsonElement value, PublicationDefaults defaults, int number)
    {
        try
        {
            return defaults.Type is { } type ? OfPayload(value, type, defaults) : OfDocument(value);
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidProtocolBufferException or InvalidJsonException or UsageException
            )
        {
            throw new UsageException(
                string.Create(CultureInfo.InvariantCulture, $"Message {number} of the input: {exception.Message}"),
                exception
            );
        }
    }

    private Publication OfPayload(JsonElement value, MessageDescriptor type, PublicationDefaults defaults) =>
        new(
            Payload(value, type),
            SubjectTemplate.Fill(defaults.Subject!, value),
            defaults.Content is { } content ? SubjectTemplate.Fill(content, value) : GeneralContent(type)
        );

    private Publication OfDocument(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new UsageException("it is no JSON object.");
        }

        var document = value.Deserialize<Document>(Documents)!;
        var type = _types.Find(document.Type);
        return new Publication(
            Payload(document.Payload, type),
            document.Subject,
            document.Content ?? GeneralContent(type)
        )
        {
            MessageId = document.MessageId,
            EntityVersion = document.EntityVersion,
            Tenant = document.Tenant ?? "",
            TargetApplication = document.TargetApplication ?? "",
            Headers = document.Headers ?? [],
        };
    }

    private IMessage Payload(JsonElement value, MessageDescriptor type) =>
        value.ValueKind == JsonValueKind.Object
            ? messages.Parse(value.GetRawText(), type)
            : throw new UsageException($"the payload is no JSON object with the fields of {type.Name}.");

    private static string GeneralContent(MessageDescriptor type) => $"{type.Name}, published from the command line.";

    private sealed record Document
    {
        public required string Type { get; init; }

        public required string Subject { get; init; }

        public required JsonElement Payload { get; init; }

        public string? Content { get; init; }

        public string? MessageId { get; init; }

        public long EntityVersion { get; init; }

        public string? Tenant { get; init; }

        public string? TargetApplication { get; init; }

        public Dictionary<string, string>? Headers { get; init; }
    }
}
