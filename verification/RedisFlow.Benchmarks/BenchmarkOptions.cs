using RedisFlow.Benchmarks.Reporting;
using RedisFlow.Benchmarks.Scenarios;
using RedisFlow.Benchmarks.Servers;
using RedisFlow.Verification;

namespace RedisFlow.Benchmarks;

/// <summary>What a run measures.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The usage text.</summary>
    public static string Usage { get; } =
        $"""
            RedisFlow.Benchmarks SCENARIO… | all [--aof off|everysec|always] [--seconds 3] [--repetitions 3] [--quick]
                                 [--set NAME=VALUE] [--output DIRECTORY]
            RedisFlow.Benchmarks micro [arguments of BenchmarkDotNet]

            {string.Join(
                '\n',
                ScenarioList.All.Select(scenario => $"  {scenario.Name.PadRight(12)} {scenario.Summary}")
            )}
              micro        parts of the way of a message without a server, by BenchmarkDotNet

              --aof          the server's append-only file; may be given several times; default: all three
              --seconds      how long each timed measurement takes, after its warm-up
              --repetitions  how often each measurement is repeated
              --quick        small and short: shows that everything works; its figures mean little
              --set          a setting of the measured applications, e.g. Streams:MaxConcurrency=64; may be repeated
              --output       where the results go; default: verification/RedisFlow.Benchmarks/results of the repository

            Exit code: 0 measured; 2 the run itself failed. Figures never change it.
            """;

    /// <summary>What is measured, in this order.</summary>
    public required IReadOnlyList<IScenario> Scenarios { get; init; }

    /// <summary>The server's append-only file; each is measured.</summary>
    public required IReadOnlyList<AppendOnly> AppendOnly { get; init; }

    /// <summary>How long a timed measurement takes.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>How often a measurement is repeated.</summary>
    public required int Repetitions { get; init; }

    /// <summary>Whether everything is small and short.</summary>
    public required bool Quick { get; init; }

    /// <summary>Settings of the measured applications other than their defaults.</summary>
    public required IReadOnlyDictionary<string, string?> Settings { get; init; }

    /// <summary>Where the results go.</summary>
    public required string Output { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">An argument is not known or not readable; the message says which
    /// one.</exception>
    public static BenchmarkOptions Parse(string[] arguments)
    {
        var line = new RunArguments(arguments, "quick");
        var quick = line.Flag("quick", false);
        var scenarios = line.Words.SelectMany(Named).Distinct().ToArray();
        var modes = RunArguments.NamesOf<AppendOnly>();
        var options = new BenchmarkOptions
        {
            Scenarios =
                scenarios.Length > 0
                    ? scenarios
                    : throw new FormatException("No scenario is named; 'all' means every one."),
            AppendOnly = line.Each("aof", modes) is { Count: > 0 } asked ? asked : [.. modes.Values],
            Length = TimeSpan.FromSeconds(line.Number("seconds", quick ? 0.5 : 3, 0.1, 3600)),
            Repetitions = (int)line.Number("repetitions", quick ? 1 : 3, 1, 100),
            Quick = quick,
            Settings = line.All("set")
                .Select(Setting)
                .GroupBy(setting => setting.Key, setting => setting.Value)
                .ToDictionary(values => values.Key, values => values.Last()),
            Output = Path.GetFullPath(line["output"] ?? ResultFolder.Default),
        };
        line.End();
        return options;
    }

    private static IEnumerable<IScenario> Named(string name) =>
        name == "all"
            ? ScenarioList.All
            :
            [
                ScenarioList.All.FirstOrDefault(scenario => scenario.Name == name)
                    ?? throw new FormatException($"'{name}' is no scenario and no option."),
            ];

    private static KeyValuePair<string, string?> Setting(string text) =>
        text.Split('=', 2) is [var name, var value]
            ? new(name, value)
            : throw new FormatException($"--set is '{text}'; expected NAME=VALUE.");
}
