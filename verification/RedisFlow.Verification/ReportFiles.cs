using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisFlow.Verification;

/// <summary>Writes what a run found: a text for people, JSON for programs.</summary>
public static class ReportFiles
{
    /// <summary>How JSON is written.</summary>
    public static JsonSerializerOptions Json { get; } =
        new()
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter() },
        };

    /// <summary>Writes <c>report.md</c> and <c>report.json</c>.</summary>
    public static async Task WriteAsync(
        string directory,
        Markdown text,
        object content,
        CancellationToken cancellationToken
    )
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "report.md"), text.ToString(), cancellationToken);
        await WriteJsonAsync(Path.Combine(directory, "report.json"), content, Json, cancellationToken);
    }

    /// <summary>Writes one file of JSON.</summary>
    public static async Task WriteJsonAsync(
        string path,
        object content,
        JsonSerializerOptions options,
        CancellationToken cancellationToken
    )
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, content, options, cancellationToken);
    }

    /// <summary>The text of a report.</summary>
    public static Task<string> ReadAsync(string directory) =>
        File.ReadAllTextAsync(Path.Combine(directory, "report.md"));
}
