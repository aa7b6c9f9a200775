using System.Globalization;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Staleness;

/// <summary>What a run of the staleness probe does; its command line.</summary>
internal sealed record StalenessOptions
{
    /// <summary>The first argument of the harness for these runs.</summary>
    public const string Command = "staleness";

    /// <summary>The usage text.</summary>
    public const string Usage = """
        RedisFlow.Chaos staleness [--seed 42] [--mode stream] [--duration 60s] [--round 20s] [--writes 2000]
                                  [--reads 4000] [--keys 500] [--faults true] [--blindness 3s]
                                  [--expiry 1s] [--break none] [--output DIRECTORY]

          --seed        draws the faults, and what is written and read; the same seed gives the same schedule
          --mode        stream: the cache as services use it; to compare: pubsub (invalidated so), ttl (entries expire)
          --duration    how long there is load, all rounds together: 30s, 10m, 00:01:00
          --round       how long one round's load lasts; at its end all is quiet, and every entry is audited
          --writes      transactions in a second, each with one change and its message
          --reads       reads in a second that are tried, half of them with a position
          --keys        how many keys there are
          --faults      false: no faults
          --blindness   Caching:MaxDisconnectedTime of the nodes; faults last longer than 3s
          --expiry      mode ttl: how long an entry lives
          --break       a fault on purpose in both services, or in each one by its place, e.g. none,tail-drops;
                        the run ends when the probe has found it: none, fill-unguarded, stamped-late, tail-drops,
                        l2-unguarded
          --output      where the report goes; default artifacts/staleness/<mode>-<seed> in the current directory

        Exit code: 0 nothing was found, or a mode to compare was measured; 1 the probe found something;
        2 the run itself failed.
        """;

    /// <summary>
    /// The shortest round with faults: each kind of fault comes once in it, and what it hit must come back.
    /// </summary>
    public static TimeSpan ShortestRound { get; } = TimeSpan.FromSeconds(8);

    /// <summary>The services, which are their groups as well.</summary>
    public static IReadOnlyList<string> Services { get; } = ["analytics", "billing"];

    /// <summary>Instances of a service.</summary>
    public const int InstancesPerService = 2;

    private static readonly Dictionary<string, CacheFault> Faulty = new()
    {
        ["none"] = CacheFault.None,
        ["fill-unguarded"] = CacheFault.FillUnguarded,
        ["stamped-late"] = CacheFault.StampedLate,
        ["tail-drops"] = CacheFault.TailDrops,
        ["l2-unguarded"] = CacheFault.L2Unguarded,
    };

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>What the nodes cache with.</summary>
    public required CacheMode Mode { get; init; }

    /// <summary>How long there is load, all rounds together.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long one round's load lasts.</summary>
    public required TimeSpan Round { get; init; }

    /// <summary>Transactions in a second.</summary>
    public required int Writes { get; init; }

    /// <summary>Reads in a second that are tried.</summary>
    public required int Reads { get; init; }

    /// <summary>How many keys there are.</summary>
    public required int Keys { get; init; }

    /// <summary>Whether there are faults of the system.</summary>
    public required bool Faults { get; init; }

    /// <summary>How long a node serves although it cannot hear.</summary>
    public required TimeSpan Blindness { get; init; }

    /// <summary>How long an entry lives in mode <see cref="CacheMode.Ttl"/>.</summary>
    public required TimeSpan Expiry { get; init; }

    /// <summary>The fault of each service.</summary>
    public required IReadOnlyList<CacheFault> Breaks { get; init; }

    /// <summary>The report's directory; emptied first.</summary>
    public required string Output { get; init; }

    /// <summary>How many rounds there are.</summary>
    public int Rounds => Math.Max(1, (int)Math.Round(Duration / Round));

    /// <summary>Whether a service has a fault on purpose.</summary>
    public bool IsBroken => Breaks.Any(fault => fault != CacheFault.None);

    /// <summary>Whether a stale read is a fault, rather than a measurement.</summary>
    public bool IsJudged => Mode == CacheMode.Stream;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">An argument is not known or not readable; the message says which
    /// one.</exception>
    public static StalenessOptions Parse(string[] arguments)
    {
        var line = new RunArguments(arguments);
        var seed = line.Number("seed", 42, int.MinValue);
        var mode = line.One("mode", CacheMode.Stream, RunArguments.NamesOf<CacheMode>());
        var duration = line.Time("duration", TimeSpan.FromSeconds(60));
        var options = new StalenessOptions
        {
            Seed = seed,
            Mode = mode,
            Duration = duration,
            Round = line.Time("round", duration < TimeSpan.FromSeconds(20) ? duration : TimeSpan.FromSeconds(20)),
            Writes = line.Number("writes", 2000, 1),
            Reads = line.Number("reads", 4000, 1),
            Keys = line.Number("keys", 500, KeySpace.Writers),
            Faults = line.Flag("faults", true),
            Blindness = line.Time("blindness", TimeSpan.FromSeconds(3)),
            Expiry = line.Time("expiry", TimeSpan.FromSeconds(1)),
            Breaks = line.OneOrEach("break", CacheFault.None, Faulty, Services.Count),
            Output = Path.GetFullPath(
                line["output"] ?? Path.Combine("artifacts", "staleness", $"{NameOf(mode)}-{seed}")
            ),
        };
        line.End();
        return options switch
        {
            { Faults: true } when options.Round < ShortestRound => throw new FormatException(
                $"--round is {options.Round}; with faults it must be at least {ShortestRound}."
            ),
            { IsBroken: true, Mode: not CacheMode.Stream } => throw new FormatException(
                "--break is for --mode stream only."
            ),
            _ => options,
        };
    }

    /// <summary>The command that does the same run again.</summary>
    public string ToCommand() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"dotnet run --project verification/RedisFlow.Chaos -c Release -- {Command} --seed {Seed} "
                + $"--mode {NameOf(Mode)} "
                + $"--duration {Duration.TotalSeconds}s --round {Round.TotalSeconds}s "
                + $"--writes {Writes} --reads {Reads} "
                + $"--keys {Keys} --faults {(Faults ? "true" : "false")} --blindness {Blindness.TotalSeconds}s "
                + $"--expiry {Expiry.TotalMilliseconds}ms --break {string.Join(',', Breaks.Select(NameOf))}"
        );

    /// <summary>A mode as the command line names it.</summary>
    public static string NameOf(CacheMode mode) => mode.ToString().ToLowerInvariant();

    /// <summary>A fault as the command line names it.</summary>
    public static string NameOf(CacheFault fault) => Faulty.First(known => known.Value == fault).Key;
}
