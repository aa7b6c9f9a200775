using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisFlow.Chaos.Recording;

/// <summary>
/// One attempted message. Never attempted twice, so that what a consumer saw can be told apart from what was sent
/// again.
/// </summary>
/// <param name="Publisher">The publisher's number.</param>
/// <param name="Lane">The publisher's lane; each has a subject of its own, and awaits each message before the
/// next.</param>
/// <param name="Sequence">The message's number within the lane, from 1.</param>
[JsonConverter(typeof(MessageIdConverter))]
internal readonly record struct MessageId(int Publisher, int Lane, int Sequence)
{
    /// <summary>The subject of the messages of this lane.</summary>
    public string Subject => string.Create(CultureInfo.InvariantCulture, $"p{Publisher}/{Lane}");

    /// <summary>
    /// Reads the id from what an envelope carries: the subject, and the entity's version for the sequence.
    /// </summary>
    /// <exception cref="FormatException">The envelope is not of a publisher of this run.</exception>
    public static MessageId Parse(string subject, long version)
    {
        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        return slash > 1 && subject[0] == 'p'
            ? new MessageId(
                int.Parse(subject.AsSpan(1, slash - 1), NumberStyles.None, CultureInfo.InvariantCulture),
                int.Parse(subject.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture),
                checked((int)version)
            )
            : throw new FormatException($"'{subject}' is no subject of this run; expected e.g. 'p1/7'.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Subject}#{Sequence}");
}

/// <summary>Writes an id as its text, in reports.</summary>
internal sealed class MessageIdConverter : JsonConverter<MessageId>
{
    /// <inheritdoc/>
    public override MessageId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Reports are written only.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, MessageId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
