namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>Counts judged reads. One thread at a time.</summary>
internal sealed class ReadTally
{
    private readonly long[] _outcomes = new long[Enum.GetValues<ReadOutcome>().Length];
    private readonly List<TimeSpan> _ages = [];
    private long _mostBehind;
    private long _unanswered;

    /// <summary>Counts a read that was answered.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="stale">How stale it was; <c>null</c> if it was not, or brought no version.</param>
    public void Add(ReadOutcome outcome, StaleReply? stale)
    {
        _outcomes[(int)outcome]++;
        if (stale is { } found)
        {
            _ages.Add(found.Age);
            _mostBehind = Math.Max(_mostBehind, found.Behind);
        }
    }

    /// <summary>Counts a read that no node answered: it was down, or its connection ended.</summary>
    public void Unanswered() => _unanswered++;

    /// <summary>What several tallies have together.</summary>
    public static ReadFigures Sum(IReadOnlyCollection<ReadTally> tallies)
    {
        long Count(ReadOutcome outcome) => tallies.Sum(tally => tally._outcomes[(int)outcome]);
        var ages = tallies.SelectMany(tally => tally._ages).Order().ToArray();
        return new ReadFigures
        {
            Level1 = Count(ReadOutcome.L1),
            Level2 = Count(ReadOutcome.L2),
            Misses = Count(ReadOutcome.Miss),
            TimedOut = Count(ReadOutcome.TimedOut),
            Failed = Count(ReadOutcome.Failed),
            Unanswered = tallies.Sum(tally => tally._unanswered),
            Stale = ages.Length,
            MostBehind = tallies.Select(tally => tally._mostBehind).DefaultIfEmpty().Max(),
            Ages = AgeFigures.Of(ages),
        };
    }
}
