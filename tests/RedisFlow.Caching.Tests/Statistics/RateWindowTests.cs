using Microsoft.Extensions.Time.Testing;
using RedisFlow.Caching.Statistics;

namespace RedisFlow.Caching.Tests;

public sealed class RateWindowTests
{
    [Fact]
    public void The_rate_is_that_of_the_last_minute()
    {
        var time = new FakeTimeProvider();
        var window = new RateWindow(time);
        Assert.Equal(0, window.PerSecond);
        Add(120);
        Assert.Equal(120, window.PerSecond);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(4, window.PerSecond);
        Add(60);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(180 / 59.0, window.PerSecond, 0.001);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, window.PerSecond);
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, window.PerSecond);
        Add(60);
        Assert.Equal(1, window.PerSecond);

        void Add(int count)
        {
            for (var i = 0; i < count; i++)
            {
                window.Add();
            }
        }
    }
}
