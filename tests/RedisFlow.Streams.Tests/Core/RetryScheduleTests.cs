using RedisFlow.Streams.Consuming.Core;

namespace RedisFlow.Streams.Tests.Core;

public sealed class RetryScheduleTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(3, 400)]
    [InlineData(5, 1600)]
    [InlineData(6, 2000)]
    [InlineData(63, 2000)]
    [InlineData(long.MaxValue, 2000)]
    public void Each_failure_doubles_the_wait_up_to_the_longest_with_a_jitter_of_a_quarter(
        long failures,
        int milliseconds
    )
    {
        var schedule = new RetrySchedule(First, Longest, new Random(7));
        var middle = TimeSpan.FromMilliseconds(milliseconds);
        var waits = Enumerable.Range(0, 2000).Select(_ => schedule.After(failures)).ToArray();

        Assert.All(waits, wait => Assert.InRange(wait, middle * 0.75, middle * 1.25));

        // The whole range is used.
        Assert.True(waits.Min() < middle * 0.78 && waits.Max() > middle * 1.22);
    }

    [Fact]
    public void Without_a_delay_nothing_waits() =>
        Assert.Equal(TimeSpan.Zero, new RetrySchedule(TimeSpan.Zero, Longest, new Random(7)).After(20));
}
