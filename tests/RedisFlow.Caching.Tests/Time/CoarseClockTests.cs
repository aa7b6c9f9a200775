using Microsoft.Extensions.Time.Testing;
using RedisFlow.Caching.Time;

namespace RedisFlow.Caching.Tests;

public sealed class CoarseClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;

    public CoarseClockTests() => _clock = new CoarseClock(_time);

    [Fact]
    public void Goes_with_the_providers_timestamps_and_never_back()
    {
        var begin = _clock.Now;
        _time.Advance(TimeSpan.FromMilliseconds(0.9));
        Assert.Equal(begin, _clock.Now);
        _time.Advance(TimeSpan.FromMilliseconds(0.1));
        Assert.Equal(begin + 1, _clock.Now);
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(begin + 1 + (1000L * 86_400_000), _clock.Now);
        Assert.Equal(TimeSpan.FromDays(1000) + TimeSpan.FromMilliseconds(1), _clock.Since(begin));
        Assert.Equal(_clock.Now, new CoarseClock(_time).Now);
    }

    [Fact]
    public void Reads_the_systems_ticks_for_the_systems_time()
    {
        foreach (var clock in new[] { new CoarseClock(TimeProvider.System), default })
        {
            var before = Environment.TickCount64;
            var now = clock.Now;
            Assert.InRange(now, before, Environment.TickCount64);
        }
    }

    [Fact]
    public void Moments_to_come_are_whole_milliseconds_rounded_up()
    {
        var now = _clock.Now;
        Assert.Equal(now + 1500, _clock.After(TimeSpan.FromSeconds(1.5)));
        Assert.Equal(now + 1, _clock.After(TimeSpan.FromTicks(1)));
        Assert.Equal(now, _clock.After(TimeSpan.Zero));
        Assert.Equal(now - 1500, _clock.After(TimeSpan.FromSeconds(-1.5)));
    }

    [Fact]
    public void What_is_too_far_does_not_come_and_was_always()
    {
        Assert.Equal(CoarseClock.Never, _clock.After(TimeSpan.MaxValue));
        Assert.InRange(_clock.After(TimeSpan.MaxValue - TimeSpan.FromTicks(1)), _clock.Now, CoarseClock.Never);
        Assert.Equal(CoarseClock.Never, new CoarseClock(new Late()).After(TimeSpan.FromDays(1)));
        Assert.Equal(TimeSpan.MaxValue, _clock.Since(long.MinValue));
        Assert.Equal(TimeSpan.MinValue, _clock.Since(CoarseClock.Never));
    }

    private sealed class Late : TimeProvider
    {
        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => long.MaxValue - 1;
    }
}
