using RedisFlow.Chaos.Staleness.Faults;

namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>Counts judged reads. One thread at a time.</summary>
internal sealed class ReadTally
{
    // The last place is for reads under no fault.
    private static readonly NodeFaultKind?[] Faults = [.. Enum.GetValues<NodeFaultKind>(), null];

    private readonly long[] _outcomes = new long[Enum.GetValues<ReadOutcome>().Length];
    private readonly long[] _judged = new long[Faults.Length];
    private readonly List<TimeSpan>[] _ages = [.. Faults.Select(_ => new List<TimeSpan>())];
    private long _mostBehind;
    private long _unanswered;

    /// <summary>Counts a read that was answered.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="stale">How stale it was; <c>null</c> if it was not, or brought no version.</param>
    /// <param name="fault">What its node was under when it was sent.</param>
    public void Add(ReadOutcome outcome, StaleReply? stale, NodeFaultKind? fault = null)
    {
        var place = Array.IndexOf(Faults, fault);
        _outcomes[(int)outcome]++;
        _judged[place] += outcome is ReadOutcome.TimedOut or ReadOutcome.Failed ? 0 : 1;
        if (stale is { } found)
        {
            _ages[place].Add(found.Age);
            _mostBehind = Math.Max(_mostBehind, found.Behind);
        }
    }

    /// <summary>Counts a read that no node answered: it was down, or its connection ended.</summary>
    public void Unanswered() => _unanswered++;

    /// <summary>What several tallies have together.</summary>
    public static ReadFigures Sum(IReadOnlyCollection<ReadTally> tallies)
    {
        long Count(ReadOutcome outcome) => tallies.Sum(tally => tally._outcomes[(int)outcome]);
        var ages = tallies.SelectMany(tally => tally._ages).SelectMany(list => list).Order().ToArray();
        return new ReadFigures
        {
            L1 = Count(ReadOutcome.L1),
            L2 = Count(ReadOutcome.L2),
            Misses = Count(ReadOutcome.Miss),
            TimedOut = Count(ReadOutcome.TimedOut),
            Failed = Count(ReadOutcome.Failed),
            Unanswered = tallies.Sum(tally => tally._unanswered),
            Stale = ages.Length,
            MostBehind = tallies.Select(tally => tally._mostBehind).DefaultIfEmpty().Max(),
            Ages = AgeFigures.Of(ages),
            Faults =
            [
                .. Faults.Select((fault, place) => OfFault(tallies, fault, place)).Where(figures => figures.Judged > 0),
            ],
        };
    }

    private static FaultFigures OfFault(IReadOnlyCollection<ReadTally> tallies, NodeFaultKind? fault, int place)
    {
        var ages = tallies.SelectMany(tally => tally._ages[place]).Order().ToArray();
        var figures = AgeFigures.Of(ages);
        return new FaultFigures(
            fault,
            tallies.Sum(tally => tally._judged[place]),
            ages.Length,
            figures.P50,
            figures.Max
        );
    }
}
