using RedisFlow.Chaos.Faults;

namespace RedisFlow.Chaos.Tests.Faults;

public sealed class FaultScheduleTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    public static TheoryData<int> Durations => [24, 60, 600];

    [Fact]
    public void The_same_seed_gives_the_same_schedule_and_another_seed_another_one()
    {
        Assert.Equal(Create(7, 60), Create(7, 60));
        Assert.NotEqual(Create(7, 60), Create(8, 60));
    }

    [Theory]
    [MemberData(nameof(Durations))]
    public void Every_kind_of_fault_happens_equally_often_and_at_least_once(int seconds) =>
        ForManySeeds(
            seconds,
            faults =>
            {
                var times = faults.GroupBy(fault => fault.Kind).ToDictionary(kind => kind.Key, kind => kind.Count());
                Assert.Equal(Enum.GetValues<FaultKind>().Length, times.Count);
                Assert.Equal(Math.Max(1, seconds / 60), Assert.Single(times.Values.Distinct()));
            }
        );

    [Theory]
    [MemberData(nameof(Durations))]
    public void Every_storm_is_followed_by_calm_and_everything_is_over_in_time(int seconds) =>
        ForManySeeds(
            seconds,
            faults =>
            {
                var storm = TimeSpan.FromSeconds(seconds) / (3 * Math.Max(1, seconds / 60));
                Assert.All(
                    faults,
                    fault =>
                        Assert.True(
                            fault.End.TotalSeconds % storm.TotalSeconds <= storm.TotalSeconds * 0.81,
                            fault.ToString()
                        )
                );
                Assert.All(faults, fault => Assert.Equal((int)(fault.At / storm), (int)(fault.End / storm)));
                Assert.Equal(faults.OrderBy(fault => fault.At), faults);
            }
        );

    [Fact]
    public void Stops_are_longer_than_the_lease_and_targets_exist() =>
        ForManySeeds(
            60,
            faults =>
            {
                Assert.All(
                    faults.Where(fault => fault.Kind == FaultKind.WorkerStop),
                    fault => Assert.True(fault.Length > Lease)
                );
                Assert.All(faults, fault => Assert.True(fault.Group is >= 0 and < 3 && fault.Worker is >= 0 and < 2));
            }
        );

    [Fact]
    public void Seeds_vary_targets_and_whether_a_worker_keeps_its_id()
    {
        var kills = Enumerable
            .Range(0, 50)
            .SelectMany(seed => Create(seed, 60))
            .Where(fault => fault.Kind == FaultKind.WorkerKill)
            .ToList();

        Assert.Equal(6, kills.Select(fault => (fault.Group, fault.Worker)).Distinct().Count());
        Assert.Equal(2, kills.Select(fault => fault.NewInstance).Distinct().Count());
    }

    [Fact]
    public void Kills_are_spread_over_the_run_and_meet_the_groups_in_turn()
    {
        var kills = FaultSchedule.CreateKills(5, 9, TimeSpan.FromSeconds(9), 3, 2);

        Assert.Equal(kills, FaultSchedule.CreateKills(5, 9, TimeSpan.FromSeconds(9), 3, 2));
        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], kills.Select(kill => kill.Group));
        Assert.Equal(Enumerable.Range(0, 9), kills.Select(kill => (int)kill.At.TotalSeconds));
        Assert.All(kills, kill => Assert.True(kill is { Kind: FaultKind.WorkerKill, Worker: 0 or 1 }));
    }

    [Fact]
    public void A_run_too_short_for_its_lease_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Create(1, (int)FaultSchedule.ShortestDuration(Lease).TotalSeconds - 1)
        );

    private static IReadOnlyList<Fault> Create(int seed, int seconds) =>
        FaultSchedule.Create(seed, TimeSpan.FromSeconds(seconds), Lease, 3, 2);

    private static void ForManySeeds(int seconds, Action<IReadOnlyList<Fault>> check)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            check(Create(seed, seconds));
        }
    }
}
