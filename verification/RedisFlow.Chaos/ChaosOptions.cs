using System.Globalization;
using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Processes;

namespace RedisFlow.Chaos;

/// <summary>What a run does; the command line of the harness.</summary>
internal sealed record ChaosOptions : IRunOptions
{
    /// <summary>The usage text.</summary>
    public const string Usage = """
        RedisFlow.Chaos [--seed 42] [--messages 50000] [--duration 60s] [--lease 2s] [--publishers 3]
                        [--faults true] [--kills 0] [--work 20ms] [--failing 1] [--fsync everysec]
                        [--worker engine] [--output DIRECTORY]

          --seed        draws the faults, and what handlers do; the same seed gives the same schedule
          --messages    how many messages Redis must confirm, of all publishers together
          --duration    how long publishing and faults go on: 30s, 10m, 1h
          --lease       the workers' lease, which SIGSTOP exceeds
          --publishers  how many publisher processes there are, of 32 subjects each
          --faults      false: no faults but --kills
          --kills       so many SIGKILLs of workers beside the faults, spread over the run
          --work        the longest time that a handler takes; one message in four takes any
          --failing     how many messages in a hundred fail once or twice
          --fsync       everysec, or always: then a SIGKILL of Redis excuses no loss
          --worker      what consumes, for all groups, or for each one by its place, e.g. acksfirst,dropping,engine;
                        all but engine have a fault that the checker must find: dropping, acksfirst,
                        forgetspending, overlaps, reverses, passesfailed
          --output      where the report goes; default artifacts/chaos/<seed> in the current directory

        RedisFlow.Chaos staleness --help says how to look for stale reads instead.

        Exit code: 0 nothing was lost; 1 the checker found a problem, see the report; 2 the run itself failed.
        """;

    private static readonly string[] Known =
    [
        "seed",
        "messages",
        "duration",
        "lease",
        "publishers",
        "faults",
        "kills",
        "work",
        "failing",
        "fsync",
        "worker",
        "output",
    ];

    /// <summary>The seed of the schedule.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>How many messages are to be confirmed; each publisher and lane has its share.</summary>
    public int Messages { get; init; } = 50_000;

    /// <summary>How long publishing is spread, and how long faults are done.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The workers' lease.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many publisher processes there are.</summary>
    public int Publishers { get; init; } = 3;

    /// <summary>Whether there are faults.</summary>
    public bool Faults { get; init; } = true;

    /// <summary>SIGKILLs of workers beside the faults.</summary>
    public int Kills { get; init; }

    /// <summary>The longest time that a handler takes.</summary>
    public TimeSpan Work { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How many messages in a hundred fail once or twice.</summary>
    public int Failing { get; init; } = 1;

    /// <summary>Whether Redis writes its append-only file before each confirmation, rather than each second.</summary>
    public bool IsAlwaysSynced { get; init; }

    /// <summary>What consumes, for each group.</summary>
    public IReadOnlyList<WorkerKind> Workers { get; init; } = [.. Roles.Groups.Select(_ => WorkerKind.Engine)];

    /// <summary>The report's directory; emptied first.</summary>
    public required string Output { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">An argument is not known or not readable; the message says which
    /// one.</exception>
    public static ChaosOptions Parse(string[] arguments)
    {
        var line = new CommandLine(arguments, Known);
        var seed = line.Number("seed", 42, int.MinValue);
        var options = new ChaosOptions
        {
            Seed = seed,
            Messages = line.Number("messages", 50_000, 1),
            Duration = line.Time("duration", TimeSpan.FromSeconds(60)),
            LeaseDuration = line.Time("lease", TimeSpan.FromSeconds(2)),
            Publishers = line.Number("publishers", 3, 1),
            Faults = line.Flag("faults", true),
            Kills = line.Number("kills", 0, 0),
            Work = line.Time("work", TimeSpan.FromMilliseconds(20)),
            Failing = line.Number("failing", 1, 0),
            IsAlwaysSynced = (line["fsync"] ?? "everysec") switch
            {
                "everysec" => false,
                "always" => true,
                var other => throw new FormatException($"--fsync is '{other}'; expected everysec or always."),
            },
            Workers = Kinds(line["worker"] ?? nameof(WorkerKind.Engine)),
            Output = Path.GetFullPath(
                line["output"] ?? Path.Combine("artifacts", "chaos", seed.ToString(CultureInfo.InvariantCulture))
            ),
        };
        return !options.Faults || options.Duration >= FaultSchedule.ShortestDuration(options.LeaseDuration)
            ? options
            : throw new FormatException(
                $"--duration is {options.Duration}; with --lease {options.LeaseDuration} it must be at least "
                    + $"{FaultSchedule.ShortestDuration(options.LeaseDuration)}."
            );
    }

    /// <summary>The command that does the same run again.</summary>
    public string ToCommand() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"dotnet run --project verification/RedisFlow.Chaos -c Release -- --seed {Seed} --messages {Messages} "
                + $"--duration {Duration.TotalSeconds}s --lease {LeaseDuration.TotalSeconds}s "
                + $"--publishers {Publishers} "
                + $"--faults {(Faults ? "true" : "false")} --kills {Kills} --work {Work.TotalMilliseconds}ms "
                + $"--failing {Failing} --fsync {(IsAlwaysSynced ? "always" : "everysec")} "
                + $"--worker {string.Join(',', Workers).ToLowerInvariant()}"
        );

    private static WorkerKind[] Kinds(string text)
    {
        var kinds = text.Split(',')
            .Select(name =>
                Enum.TryParse<WorkerKind>(name, ignoreCase: true, out var kind) && !char.IsAsciiDigit(name[0])
                    ? kind
                    : throw new FormatException(
                        $"--worker names '{name}'; expected one of "
                            + $"{string.Join(", ", Enum.GetNames<WorkerKind>()).ToLowerInvariant()}."
                    )
            )
            .ToArray();
        return kinds.Length == 1 ? [.. Roles.Groups.Select(_ => kinds[0])]
            : kinds.Length == Roles.Groups.Count ? kinds
            : throw new FormatException(
                $"--worker is '{text}'; expected one, or one for each of the {Roles.Groups.Count} groups."
            );
    }
}
