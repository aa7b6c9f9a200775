using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class ReadPaceTests
{
    private const int Most = 256;

    private readonly FakeTimeProvider _time = new();
    private readonly ReadPace _pace;

    public ReadPaceTests() => _pace = new ReadPace(_time);

    [Fact]
    public void There_are_no_rests_at_five_thousand_messages_a_second()
    {
        ReadAt(messagesPerSecond: 5000, TimeSpan.FromMilliseconds(100));

        Assert.False(_pace.IsRestDue);
    }

    [Fact]
    public void There_are_rests_while_many_messages_come_one_by_one()
    {
        ReadAt(messagesPerSecond: 10_000, TimeSpan.FromMilliseconds(10));
        Assert.True(_pace.IsRestDue);

        ReadAt(messagesPerSecond: 1000, TimeSpan.FromMilliseconds(10));
        Assert.False(_pace.IsRestDue);
    }

    [Fact]
    public void There_is_no_rest_after_a_read_that_left_something_behind()
    {
        ReadAt(messagesPerSecond: 10_000, TimeSpan.FromMilliseconds(10));

        _pace.Read(Most, Most);

        Assert.False(_pace.IsRestDue);
    }

    private void ReadAt(int messagesPerSecond, TimeSpan duration)
    {
        var interval = TimeSpan.FromSeconds(1.0 / messagesPerSecond);
        for (var passed = TimeSpan.Zero; passed < duration; passed += interval)
        {
            _time.Advance(interval);
            _pace.Read(1, Most);
        }
    }
}
