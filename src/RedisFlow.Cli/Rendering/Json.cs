using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Rendering;

/// <summary>
/// The machine-readable form of reports: names in camel case, positions as texts, times in ISO 8601, durations as whole
/// milliseconds (their names end with <c>Ms</c>). What is unknown is <c>null</c>, never absent.
/// </summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web)
    {
        // For people's eyes too; nothing here ends up in a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new PositionConverter(),
            new MillisecondsConverter(),
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase),
        },
    };

    private static readonly JsonSerializerOptions Indented = new(Lines) { WriteIndented = true };

    /// <summary>One document.</summary>
    public static string Document<T>(T report) => JsonSerializer.Serialize(report, Indented);

    /// <summary>One line of many.</summary>
    public static string Line<T>(T report) => JsonSerializer.Serialize(report, Lines);

    private sealed class PositionConverter : JsonConverter<MessagePosition>
    {
        public override MessagePosition Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => MessagePosition.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, MessagePosition value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class MillisecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TimeSpan.FromMilliseconds(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue((long)value.TotalMilliseconds);
    }
}
