using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisFlow.Streams;

/// <summary>
/// Writes and reads a duration as a number of milliseconds, for properties whose names end with <c>Ms</c>. Public for
/// contexts of source generation, which create it.
/// </summary>
public sealed class MillisecondsJsonConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromMilliseconds(reader.GetDouble());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value.TotalMilliseconds);
    }
}
