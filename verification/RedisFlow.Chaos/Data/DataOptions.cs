using System.Globalization;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Data;

/// <summary>What a run with databases does; its command line.</summary>
internal sealed record DataOptions
{
    /// <summary>The first argument of the harness for these runs.</summary>
    public const string Command = "data";

    /// <summary>The usage text.</summary>
    public const string Usage = """
        RedisFlow.Chaos data [--seed 42] [--duration 60s] [--items 50] [--break none] [--output DIRECTORY]

          --seed        draws the faults; the same seed gives the same schedule
          --duration    how long there is load: 30s, 10m, 00:01:00
          --items       how many rows are changed
          --break       a fault on purpose, which must be found: none, no-outbox, no-inbox
          --output      where the report goes; default artifacts/data/<seed> in the current directory

        Exit code: 0 nothing was found; 1 something was lost, doubled, out of order or differs;
        2 the run itself failed.
        """;

    /// <summary>The shortest run: each kind of fault comes once in it.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromSeconds(16);

    private static readonly Dictionary<string, DataBreak> Breaks = new()
    {
        ["none"] = DataBreak.None,
        ["no-outbox"] = DataBreak.NoOutbox,
        ["no-inbox"] = DataBreak.NoInbox,
    };

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>How long there is load.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many rows are changed.</summary>
    public required int Items { get; init; }

    /// <summary>The fault on purpose.</summary>
    public required DataBreak Break { get; init; }

    /// <summary>The report's directory; emptied first.</summary>
    public required string Output { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">An argument is not known or not readable; the message says which
    /// one.</exception>
    public static DataOptions Parse(string[] arguments)
    {
        var line = new RunArguments(arguments);
        var seed = line.Number("seed", 42, int.MinValue);
        var options = new DataOptions
        {
            Seed = seed,
            Duration = line.Time("duration", TimeSpan.FromSeconds(60)),
            Items = line.Number("items", 50, 1),
            Break = line.One("break", DataBreak.None, Breaks),
            Output = Path.GetFullPath(
                line["output"] ?? Path.Combine("artifacts", "data", seed.ToString(CultureInfo.InvariantCulture))
            ),
        };
        line.End();
        return options.Duration >= Shortest
            ? options
            : throw new FormatException($"--duration is {options.Duration}; it must be at least {Shortest}.");
    }

    /// <summary>The command that does the same run again.</summary>
    public string ToCommand() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"dotnet run --project verification/RedisFlow.Chaos -c Release -- {Command} --seed {Seed} "
                + $"--duration {Duration.TotalSeconds}s --items {Items} "
                + $"--break {Breaks.First(known => known.Value == Break).Key}"
        );
}
