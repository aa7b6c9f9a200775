using RedisFlow.Chaos.Staleness.Auditing;
using RedisFlow.Chaos.Staleness.Faults;
using RedisFlow.Chaos.Staleness.Judging;

namespace RedisFlow.Chaos.Tests.Staleness;

public sealed class FiguresTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Fact]
    public void Quantiles_are_by_nearest_rank_and_the_histogram_has_every_age_once()
    {
        var figures = AgeFigures.Of([.. Enumerable.Range(1, 1000).Select(age => TimeSpan.FromMilliseconds(age))]);

        Assert.Equal(
            [500, 900, 990, 1000],
            new[] { figures.P50, figures.P90, figures.P99, figures.Max }.Select(age => age.TotalMilliseconds)
        );
        Assert.Equal(1000, figures.Histogram.Sum(bar => bar.Count));
        Assert.Equal(50, figures.Histogram.Single(bar => bar.UpToMilliseconds == 100).Count);
        Assert.Equal(500, figures.Histogram.Single(bar => bar.UpToMilliseconds == 1000).Count);
    }

    [Fact]
    public void Ages_above_every_limit_and_no_ages_at_all_are_counted()
    {
        Assert.Equal(new AgeCount(null, 1), AgeFigures.Of([TimeSpan.FromMinutes(1)]).Histogram[^1]);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (AgeFigures.Of([]).P50, AgeFigures.Of([]).Max));
    }

    [Fact]
    public void Tallies_are_added_up_and_only_replies_with_a_version_count_as_judged()
    {
        var one = new ReadTally();
        one.Add(ReadOutcome.L1, new StaleReply(TimeSpan.FromMilliseconds(3), 2));
        one.Add(ReadOutcome.Miss, null);
        one.Unanswered();
        var other = new ReadTally();
        other.Add(ReadOutcome.L2, null);
        other.Add(ReadOutcome.L2, null);
        other.Add(ReadOutcome.TimedOut, null);
        other.Add(ReadOutcome.Failed, null);

        var sum = ReadTally.Sum([one, other]);

        Assert.Equal((1, 2, 1, 1, 1, 1), (sum.L1, sum.L2, sum.Misses, sum.TimedOut, sum.Failed, sum.Unanswered));
        Assert.Equal((4, 1, 2, 0.25, 0.75), (sum.Judged, sum.Stale, sum.MostBehind, sum.StaleShare, sum.HitRate));
    }

    [Fact]
    public void Stale_reads_are_counted_by_the_fault_that_their_node_was_under()
    {
        var tally = new ReadTally();
        tally.Add(ReadOutcome.L1, new StaleReply(TimeSpan.FromMilliseconds(3), 1), NodeFaultKind.Stall);
        tally.Add(ReadOutcome.L1, new StaleReply(TimeSpan.FromMilliseconds(9), 1), NodeFaultKind.Stall);
        tally.Add(ReadOutcome.Miss, null, NodeFaultKind.Stall);
        tally.Add(ReadOutcome.Failed, null, NodeFaultKind.Cut);
        tally.Add(ReadOutcome.L2, null);

        Assert.Equal(
            [
                new FaultFigures(NodeFaultKind.Stall, 3, 2, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(9)),
                new FaultFigures(null, 1, 0, TimeSpan.Zero, TimeSpan.Zero),
            ],
            ReadTally.Sum([tally]).Faults
        );
    }

    [Fact]
    public void A_clean_run_is_valid_though_reads_without_a_position_were_stale_within_the_bound() =>
        Assert.True(StalenessVerdict.Of([Service(without: Stale(Bound))], Bound, []).IsValid);

    [Fact]
    public void Each_broken_promise_is_a_problem()
    {
        StoredVersion[] entry = [new(0, 1)];
        ServiceFigures[] broken =
        [
            Service(with: Stale(TimeSpan.FromMilliseconds(1))),
            Service(without: Stale(Bound + TimeSpan.FromMilliseconds(1))),
            Service(audit: audit => audit with { StaleL1 = entry }),
            Service(audit: audit => audit with { StaleL2 = entry }),
            Service(audit: audit => audit with { StaleFresh = entry }),
        ];

        Assert.All(broken, service => Assert.Single(StalenessVerdict.Of([Service(), service], Bound, []).Problems));
        Assert.Equal(["Something ended."], StalenessVerdict.Of([Service()], Bound, ["Something ended."]).Problems);
    }

    [Fact]
    public void Of_what_promises_nothing_stale_reads_are_figures()
    {
        var service = Service(
            Stale(TimeSpan.FromHours(1)),
            Stale(TimeSpan.FromHours(1)),
            audit => audit with { StaleL1 = [new(0, 1)] }
        );

        Assert.True(StalenessVerdict.Of([service], bound: null, []).IsValid);
        Assert.False(StalenessVerdict.Of([service], bound: null, ["Something ended."]).IsValid);
    }

    private static ServiceFigures Service(
        ReadFigures? without = null,
        ReadFigures? with = null,
        Func<AuditFigures, AuditFigures>? audit = null
    )
    {
        var clean = new AuditFigures
        {
            Service = "billing",
            L1 = 1,
            StaleL1 = [],
            L2 = 1,
            L2Dropped = 0,
            StaleL2 = [],
            Fresh = 1,
            StaleFresh = [],
        };
        return new ServiceFigures(
            "billing",
            without ?? Stale(null),
            with ?? Stale(null),
            [clean, audit?.Invoke(clean) ?? clean]
        );
    }

    private static ReadFigures Stale(TimeSpan? age)
    {
        var tally = new ReadTally();
        tally.Add(ReadOutcome.L1, null);
        if (age is { } old)
        {
            tally.Add(ReadOutcome.L1, new StaleReply(old, 1));
        }

        return ReadTally.Sum([tally]);
    }
}
