using System.Globalization;
using Microsoft.Extensions.Configuration;
using RedisFlow.Chaos.Faults;

namespace RedisFlow.Chaos;

/// <summary>What a run does; the command line of the harness.</summary>
internal sealed record ChaosOptions
{
    /// <summary>The usage text.</summary>
    public const string Usage =
        """
        RedisFlow.Chaos [--seed 42] [--messages 50000] [--duration 60s] [--lease 2s] [--publishers 3] [--lossy 0] [--faults true] [--output DIRECTORY]

          --seed        draws the faults; the same seed gives the same schedule
          --messages    how many messages Redis must confirm, of all publishers together
          --duration    how long publishing and faults go on: 30s, 10m, 1h
          --lease       the workers' lease, which SIGSTOP exceeds
          --publishers  how many publisher processes there are
          --lossy       N > 0: the workers drop one message in N without handling it; such a run must fail
          --faults      false: no faults at all
          --output      where the report goes; default artifacts/chaos/<seed> in the current directory

        Exit code: 0 nothing was lost; 1 the checker found a problem, see the report; 2 the run itself failed.
        """;

    private static readonly string[] Known = ["seed", "messages", "duration", "lease", "publishers", "lossy", "faults", "output"];

    /// <summary>The seed of the schedule.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>How many messages are to be confirmed; each publisher and lane has its share.</summary>
    public int Messages { get; init; } = 50_000;

    /// <summary>How long publishing is spread, and how long faults are done.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The workers' lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many publisher processes there are.</summary>
    public int Publishers { get; init; } = 3;

    /// <summary>The workers drop one message in so many; 0: none.</summary>
    public int Lossy { get; init; }

    /// <summary>Whether there are faults.</summary>
    public bool Faults { get; init; } = true;

    /// <summary>The report's directory; emptied first.</summary>
    public required string Output { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">An argument is not known or not readable; the message says which one.</exception>
    public static ChaosOptions Parse(string[] arguments)
    {
        var line = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        foreach (var given in line.GetChildren().Where(given => !Known.Contains(given.Key, StringComparer.OrdinalIgnoreCase)))
        {
            throw new FormatException($"--{given.Key} is not known.");
        }

        var seed = Number(line, "seed", 42, int.MinValue);
        var options = new ChaosOptions
        {
            Seed = seed,
            Messages = Number(line, "messages", 50_000, 1),
            Duration = Time(line, "duration", TimeSpan.FromSeconds(60)),
            Lease = Time(line, "lease", TimeSpan.FromSeconds(2)),
            Publishers = Number(line, "publishers", 3, 1),
            Lossy = Number(line, "lossy", 0, 0),
            Faults = bool.TryParse(line["faults"] ?? "true", out var faults)
                ? faults
                : throw new FormatException($"--faults is '{line["faults"]}'; expected true or false."),
            Output = Path.GetFullPath(line["output"] ?? Path.Combine("artifacts", "chaos", seed.ToString(CultureInfo.InvariantCulture))),
        };
        return !options.Faults || options.Duration >= FaultSchedule.ShortestDuration(options.Lease)
            ? options
            : throw new FormatException(
                $"--duration is {options.Duration}; with --lease {options.Lease} it must be at least {FaultSchedule.ShortestDuration(options.Lease)}.");
    }

    private static int Number(IConfiguration line, string name, int otherwise, int lowest) =>
        line[name] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= lowest ? number
        : throw new FormatException($"--{name} is '{text}'; expected a whole number from {lowest} on.");

    private static TimeSpan Time(IConfiguration line, string name, TimeSpan otherwise)
    {
        if (line[name] is not { } text)
        {
            return otherwise;
        }

        var unit = text.Length > 1 ? text[^1] : ' ';
        if (double.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value > 0)
        {
            switch (unit)
            {
                case 's': return TimeSpan.FromSeconds(value);
                case 'm': return TimeSpan.FromMinutes(value);
                case 'h': return TimeSpan.FromHours(value);
            }
        }

        throw new FormatException($"--{name} is '{text}'; expected a time such as 30s, 10m or 1h.");
    }
}
