using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisFlow.Cli.Rendering;

/// <summary>
/// The machine-readable form of reports: names in camel case, positions as texts, times in ISO 8601, durations as
/// milliseconds (their names end with <c>Ms</c>). What is unknown is <c>null</c>, never absent.
/// </summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web)
    {
        // For people's eyes too; nothing here ends up in a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions Indented = new(Lines) { WriteIndented = true };

    /// <summary>One document.</summary>
    public static string Document<T>(T report) => JsonSerializer.Serialize(report, Indented);

    /// <summary>One line of many.</summary>
    public static string Line<T>(T report) => JsonSerializer.Serialize(report, Lines);
}
