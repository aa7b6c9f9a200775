using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Testing;
using RedisFlow.Verification;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>Writes what was measured: one JSON file per scenario with every value, and a summary for people.</summary>
internal sealed class ResultFolder(string path, RunFacts run)
{
    private static readonly JsonSerializerOptions Json = new(ReportFiles.Json)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly string _prefix = Prefix(path, run.Date);

    /// <summary>Where results go; below the current directory if there is no repository.</summary>
    public static string Default { get; } =
        Path.Combine(
            RepositoryFolder.Path ?? Environment.CurrentDirectory,
            "verification",
            "RedisFlow.Benchmarks",
            "results"
        );

    /// <summary>What the files of one run begin with.</summary>
    public static string Prefix(string folder, DateTimeOffset date) =>
        Path.Combine(folder, date.UtcDateTime.ToString("yyyy-MM-dd'T'HHmm'Z'", CultureInfo.InvariantCulture));

    /// <summary>Writes the values of one scenario.</summary>
    public async Task WriteAsync(
        string scenario,
        RunFacts facts,
        BenchmarkOptions options,
        IReadOnlyList<Measurement> measurements,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(path);
        var settings = new
        {
            seconds = options.Length.TotalSeconds,
            options.Repetitions,
            options.Quick,
            engine = options.Settings,
        };
        await ReportFiles.WriteJsonAsync(
            $"{_prefix}-{scenario}.json",
            new
            {
                scenario,
                facts,
                settings,
                measurements,
            },
            Json,
            cancellationToken
        );
    }

    /// <summary>Writes the summary.</summary>
    public async Task WriteSummaryAsync(string summary, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync($"{_prefix}-summary.md", summary, cancellationToken);
    }
}
