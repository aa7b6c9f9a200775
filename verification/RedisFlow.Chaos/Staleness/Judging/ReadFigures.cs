namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>What became of reads.</summary>
internal sealed record ReadFigures
{
    /// <summary>Answered from memory.</summary>
    public required long L1 { get; init; }

    /// <summary>Answered from Redis.</summary>
    public required long L2 { get; init; }

    /// <summary>Answered from the source.</summary>
    public required long Misses { get; init; }

    /// <summary>Waits for a position that ran out: no version, hence not stale.</summary>
    public required long TimedOut { get; init; }

    /// <summary>The source did not answer in time: no version.</summary>
    public required long Failed { get; init; }

    /// <summary>The node was down, or the connection ended.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Stale replies.</summary>
    public required long Stale { get; init; }

    /// <summary>By how many versions a reply was behind at most.</summary>
    public required long MostBehind { get; init; }

    /// <summary>How stale they were.</summary>
    public required AgeFigures Ages { get; init; }

    /// <summary>The judged ones by what their node was under.</summary>
    public required IReadOnlyList<FaultFigures> Faults { get; init; }

    /// <summary>Reads that brought a version, and were judged.</summary>
    public long Judged => L1 + L2 + Misses;

    /// <summary>The part of the judged reads that was stale, from 0 to 1.</summary>
    public double StaleShare => Judged == 0 ? 0 : (double)Stale / Judged;

    /// <summary>The part of the judged reads that needed no load, from 0 to 1.</summary>
    public double HitRate => Judged == 0 ? 0 : (double)(L1 + L2) / Judged;
}
