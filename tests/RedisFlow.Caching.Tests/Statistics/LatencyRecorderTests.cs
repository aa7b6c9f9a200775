using RedisFlow.Caching.Statistics;

namespace RedisFlow.Caching.Tests;

public sealed class LatencyRecorderTests
{
    [Fact]
    public void Nothing_measured_is_said_so() => Assert.Equal(LatencySummary.None, new LatencyRecorder().Summarize());

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.001)]
    [InlineData(0.37)]
    [InlineData(1)]
    [InlineData(15.3)]
    [InlineData(1000)]
    [InlineData(59_000)]
    public void A_quantile_is_at_most_an_eighth_too_high_and_never_too_low(double milliseconds)
    {
        var recorder = new LatencyRecorder();
        var duration = TimeSpan.FromMilliseconds(milliseconds);
        recorder.Add(duration);
        var summary = recorder.Summarize();

        Assert.Equal(1, summary.Count);
        Assert.Equal(duration, summary.Mean);
        Assert.InRange(summary.P50, duration, (duration * 1.125) + TimeSpan.FromTicks(2));
        Assert.Equal(summary.P50, summary.P99);
    }

    [Fact]
    public void Quantiles_are_those_of_what_was_added()
    {
        var recorder = new LatencyRecorder();
        for (var i = 1; i <= 1000; i++)
        {
            recorder.Add(TimeSpan.FromMilliseconds(i));
        }

        var summary = recorder.Summarize();
        Assert.Equal(1000, summary.Count);
        Assert.InRange(summary.Mean.TotalMilliseconds, 500, 501);
        Assert.InRange(summary.P50.TotalMilliseconds, 500, 563);
        Assert.InRange(summary.P99.TotalMilliseconds, 990, 1115);
    }

    [Fact]
    public void Durations_beyond_the_scale_count_in_the_last_bucket()
    {
        var recorder = new LatencyRecorder();
        recorder.Add(TimeSpan.FromHours(1));
        recorder.Add(TimeSpan.FromSeconds(-1));
        Assert.Equal(2, recorder.Summarize().Count);
    }
}
