using System.Globalization;
using RedisFlow.Benchmarks.Reporting;
using RedisFlow.Benchmarks.Scenarios;
using RedisFlow.Benchmarks.Servers;

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
        var scenarios = new List<IScenario>();
        var modes = new List<AppendOnly>();
        var quick = arguments.Contains("--quick");
        var seconds = quick ? 0.5 : 3;
        var repetitions = quick ? 1 : 3;
        var settings = new Dictionary<string, string?>();
        string? output = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    break;
                case "--aof":
                    modes.Add(Mode(Value(arguments, ref i)));
                    break;
                case "--seconds":
                    seconds = Number(arguments, ref i, 0.1, 3600);
                    break;
                case "--repetitions":
                    repetitions = (int)Number(arguments, ref i, 1, 100);
                    break;
                case "--set":
                    var setting = Value(arguments, ref i).Split('=', 2);
                    settings[setting[0]] = setting is [_, var value]
                        ? value
                        : throw new FormatException($"--set is '{setting[0]}'; expected NAME=VALUE.");
                    break;
                case "--output":
                    output = Value(arguments, ref i);
                    break;
                case "all":
                    scenarios.AddRange(ScenarioList.All);
                    break;
                case var name:
                    scenarios.Add(
                        ScenarioList.All.FirstOrDefault(scenario => scenario.Name == name)
                            ?? throw new FormatException($"'{name}' is no scenario and no option.")
                    );
                    break;
            }
        }

        return new BenchmarkOptions
        {
            Scenarios =
                scenarios.Count > 0
                    ? [.. scenarios.Distinct()]
                    : throw new FormatException("No scenario is named; 'all' means every one."),
            AppendOnly = modes.Count > 0 ? [.. modes.Distinct()] : Enum.GetValues<AppendOnly>(),
            Length = TimeSpan.FromSeconds(seconds),
            Repetitions = repetitions,
            Quick = quick,
            Settings = settings,
            Output = Path.GetFullPath(output ?? Repository.ResultsFolder()),
        };
    }

    private static AppendOnly Mode(string text) =>
        Enum.TryParse<AppendOnly>(text, ignoreCase: true, out var mode) && Enum.IsDefined(mode)
            ? mode
            : throw new FormatException($"--aof is '{text}'; expected off, everysec or always.");

    private static string Value(string[] arguments, ref int i) =>
        i + 1 < arguments.Length ? arguments[++i] : throw new FormatException($"{arguments[i]} needs a value.");

    private static double Number(string[] arguments, ref int i, double lowest, double highest)
    {
        var name = arguments[i];
        var text = Value(arguments, ref i);
        return
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= lowest
            && number <= highest
            ? number
            : throw new FormatException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} is '{text}'; expected a number from {lowest} to {highest}."
                )
            );
    }
}
