using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Chaos.Staleness.Load;

namespace RedisFlow.Chaos.Staleness.Reporting;

/// <summary>What was done in a run, beside what the probe found.</summary>
internal sealed record StalenessFacts
{
    /// <summary>The command line.</summary>
    public required StalenessOptions Options { get; init; }

    /// <summary>The server's version.</summary>
    public required string Server { get; init; }

    /// <summary>How long there was load, all rounds together.</summary>
    public required TimeSpan Load { get; init; }

    /// <summary>Rounds that were done.</summary>
    public required int Rounds { get; init; }

    /// <summary>Acknowledged transactions.</summary>
    public required long Writes { get; init; }

    /// <summary>Acknowledged versions of keys; a transaction of a prefix or a tag has several.</summary>
    public required long Versions { get; init; }

    /// <summary>Transactions whose outcome is unknown.</summary>
    public required long UnknownWrites { get; init; }

    /// <summary>Reads without a position, of all nodes.</summary>
    public required ReadFigures WithoutPosition { get; init; }

    /// <summary>Reads with a position, of all nodes.</summary>
    public required ReadFigures WithPosition { get; init; }

    /// <summary>Counters of the nodes' caches, added up over the processes that ran at the end.</summary>
    public required IReadOnlyDictionary<string, long> Counters { get; init; }

    /// <summary>The first stale reads.</summary>
    public required IReadOnlyList<StaleRead> FirstStale { get; init; }

    /// <summary>The faults as they happened.</summary>
    public required IReadOnlyList<string> Injected { get; init; }

    /// <summary>How many of each kind of fault were done.</summary>
    public required IReadOnlyDictionary<string, int> Done { get; init; }

    /// <summary>Node processes that were started, but for the fresh ones.</summary>
    public required int Processes { get; init; }

    /// <summary>The machine's load before.</summary>
    public required string LoadBefore { get; init; }

    /// <summary>The machine's load at the end.</summary>
    public required string LoadAfter { get; init; }

    /// <summary>Judged reads in a second.</summary>
    public double ReadsPerSecond => (WithoutPosition.Judged + WithPosition.Judged) / Load.TotalSeconds;

    /// <summary>Acknowledged transactions in a second.</summary>
    public double WritesPerSecond => Writes / Load.TotalSeconds;

    /// <summary>The part of the judged reads that needed no load, from 0 to 1.</summary>
    public double HitRate =>
        (double)(WithoutPosition.L1 + WithoutPosition.L2 + WithPosition.L1 + WithPosition.L2)
        / Math.Max(1, WithoutPosition.Judged + WithPosition.Judged);
}
