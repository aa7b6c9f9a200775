using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisFlow.Streams;

/// <summary>
/// Writes a position as its text, <c>milliseconds-sequence</c>, and reads what <see cref="MessagePosition.TryParse"/>
/// reads. Public for contexts of source generation, which create it.
/// </summary>
public sealed class MessagePositionJsonConverter : JsonConverter<MessagePosition>
{
    /// <inheritdoc/>
    public override MessagePosition Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) =>
        reader.TokenType == JsonTokenType.String && MessagePosition.TryParse(reader.GetString(), out var position)
            ? position
            : throw new JsonException("A position is a text like 1700000000000-0: milliseconds-sequence.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, MessagePosition value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
