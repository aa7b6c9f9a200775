using RedisFlow.Chaos.Staleness.Faults;

namespace RedisFlow.Chaos.Tests.Staleness;

public sealed class NodeFaultScheduleTests
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(6);

    [Fact]
    public void The_same_seed_gives_the_same_faults_and_another_seed_or_round_other_ones()
    {
        Assert.Equal(Create(7, 0), Create(7, 0));
        Assert.NotEqual(Create(7, 0), Create(8, 0));
        Assert.NotEqual(Create(7, 0), Create(7, 1));
    }

    [Fact]
    public void Each_round_has_every_kind_once_and_they_begin_early_enough_to_be_got_over() =>
        Assert.All(
            Rounds(),
            faults =>
            {
                Assert.Equal(Enum.GetValues<NodeFaultKind>(), faults.Select(fault => fault.Kind).Order());
                Assert.Equal(faults.OrderBy(fault => fault.At), faults);
                Assert.All(faults, fault => Assert.InRange(fault.At, TimeSpan.Zero, Round * 0.7));
            }
        );

    [Fact]
    public void A_stall_is_longer_than_a_read_may_be_stale() =>
        Assert.All(
            Rounds().SelectMany(faults => faults).Where(fault => fault.Kind == NodeFaultKind.Stall),
            fault => Assert.True(fault.Length > Bound)
        );

    [Fact]
    public void Every_node_is_met_and_services_go_down_both_ways()
    {
        var all = Rounds().SelectMany(faults => faults).ToList();

        Assert.Equal(
            4,
            all.Where(fault => fault.Kind == NodeFaultKind.Kill)
                .Select(fault => (fault.Service, fault.Instance))
                .Distinct()
                .Count()
        );
        Assert.Equal(
            4,
            all.Where(fault => fault.Kind == NodeFaultKind.ServiceDown)
                .Select(fault => (fault.Service, fault.Alternative))
                .Distinct()
                .Count()
        );
    }

    private static IEnumerable<IReadOnlyList<NodeFault>> Rounds() =>
        Enumerable.Range(0, 50).Select(round => Create(42, round));

    private static IReadOnlyList<NodeFault> Create(int seed, int round) =>
        NodeFaultSchedule.Create(seed, round, Round, Bound);
}
