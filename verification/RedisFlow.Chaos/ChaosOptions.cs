using System.Globalization;
using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Processes;
using RedisFlow.Verification;

namespace RedisFlow.Chaos;

/// <summary>What a run does; the command line of the harness.</summary>
internal sealed record ChaosOptions
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

    private static readonly Dictionary<string, bool> Synced = new() { ["everysec"] = false, ["always"] = true };

    /// <summary>The seed of the schedule.</summary>
    public required int Seed { get; init; }

    /// <summary>How many messages are to be confirmed; each publisher and lane has its share.</summary>
    public required int Messages { get; init; }

    /// <summary>How long publishing is spread, and how long faults are done.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The workers' lease.</summary>
    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>How many publisher processes there are.</summary>
    public required int Publishers { get; init; }

    /// <summary>Whether there are faults.</summary>
    public required bool Faults { get; init; }

    /// <summary>SIGKILLs of workers beside the faults.</summary>
    public required int Kills { get; init; }

    /// <summary>The longest time that a handler takes.</summary>
    public required TimeSpan Work { get; init; }

    /// <summary>How many messages in a hundred fail once or twice.</summary>
    public required int Failing { get; init; }

    /// <summary>Whether Redis writes its append-only file before each confirmation, rather than each second.</summary>
    public required bool IsAlwaysSynced { get; init; }

    /// <summary>What consumes, for each group.</summary>
    public required IReadOnlyList<WorkerKind> Workers { get; init; }

    /// <summary>The report's directory; emptied first.</summary>
    public required string Output { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">An argument is not known or not readable; the message says which
    /// one.</exception>
    public static ChaosOptions Parse(string[] arguments)
    {
        var line = new RunArguments(arguments);
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
            IsAlwaysSynced = line.One("fsync", false, Synced),
            Workers = line.OneOrEach(
                "worker",
                WorkerKind.Engine,
                RunArguments.NamesOf<WorkerKind>(),
                Roles.Groups.Count
            ),
            Output = Path.GetFullPath(line["output"] ?? Path.Combine("artifacts", "chaos", $"{seed}")),
        };
        line.End();
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
}
