using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Consuming.Reading;

namespace RedisFlow.Streams.Tests.Core;

public sealed class ReaderScheduleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReaderSchedule _schedule;

    public ReaderScheduleTests() => _schedule = new ReaderSchedule(_time) { ClaimInterval = TimeSpan.FromSeconds(10) };

    [Fact]
    public void It_prepares_replays_takes_over_and_then_reads()
    {
        Assert.Equal(
            [ReaderStep.Prepare, ReaderStep.Replay, ReaderStep.Claim, ReaderStep.Read, ReaderStep.Read],
            Take(5)
        );
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([ReaderStep.Read], Take(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([ReaderStep.Claim, ReaderStep.Read], Take(2));
    }

    [Fact]
    public void After_a_fault_it_prepares_and_replays_again_but_takes_over_only_when_it_is_time()
    {
        Take(4);
        _schedule.Failed();
        Assert.Equal([ReaderStep.Prepare, ReaderStep.Replay, ReaderStep.Read], Take(3));
        _schedule.Failed();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([ReaderStep.Prepare, ReaderStep.Replay, ReaderStep.Claim, ReaderStep.Read], Take(4));
    }

    [Fact]
    public void The_first_replay_is_the_first_that_succeeds()
    {
        Take(1);
        Assert.True(_schedule.IsFirstReplay);
        _schedule.Failed();
        Take(1);
        Assert.True(_schedule.IsFirstReplay);
        Take(1);
        Assert.False(_schedule.IsFirstReplay);
        _schedule.Failed();
        Assert.False(_schedule.IsFirstReplay);
    }

    private List<ReaderStep> Take(int count)
    {
        List<ReaderStep> steps = [];
        for (; count > 0; count--)
        {
            steps.Add(_schedule.Next());
            _schedule.Done(steps[^1]);
        }

        return steps;
    }
}
