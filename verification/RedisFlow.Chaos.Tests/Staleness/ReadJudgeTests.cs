using System.Diagnostics;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Tests.Staleness;

/// <summary>The judge of reads, on histories made by hand. Times are in milliseconds.</summary>
public sealed class ReadJudgeTests
{
    [Fact]
    public void A_reply_older_than_what_was_acknowledged_before_it_was_sent_is_stale_since_that_acknowledgement()
    {
        var history = History((1, 100), (2, 200));

        Assert.Equal(
            new StaleReply(TimeSpan.FromMilliseconds(50), Behind: 1),
            ReadJudge.Judge(history, Sent(history, 250), version: 1)
        );
    }

    [Fact]
    public void The_version_that_was_acknowledged_is_not_stale() =>
        Assert.Null(ReadJudge.Judge(History((1, 100), (2, 200)), Sent(History((1, 100), (2, 200)), 250), version: 2));

    [Fact]
    public void A_version_that_is_not_acknowledged_yet_or_never_is_not_stale() =>
        Assert.Null(ReadJudge.Judge(History((1, 100)), Sent(History((1, 100)), 150), version: 2));

    [Fact]
    public void A_write_that_is_acknowledged_while_the_read_is_on_its_way_makes_no_reply_stale()
    {
        var history = History((1, 100));
        var sent = Sent(history, 150);

        history.Acknowledge(Version(2, 151));

        Assert.Null(ReadJudge.Judge(history, sent, version: 1));
        Assert.Null(ReadJudge.Judge(history, sent, version: 2));
        Assert.NotNull(ReadJudge.Judge(history, sent, version: 0));
    }

    [Fact]
    public void Without_any_acknowledged_version_nothing_is_stale() =>
        Assert.Null(ReadJudge.Judge(new KeyHistory(), new SentRead(null, Ticks(10)), version: 0));

    [Fact]
    public void A_reply_from_before_the_first_version_is_stale_once_that_is_acknowledged()
    {
        var history = History((1, 100));

        Assert.Equal(
            new StaleReply(TimeSpan.FromMilliseconds(30), Behind: 1),
            ReadJudge.Judge(history, Sent(history, 130), version: 0)
        );
    }

    [Fact]
    public void A_reply_several_versions_behind_is_stale_since_the_first_newer_one_was_acknowledged()
    {
        var history = History((1, 100), (2, 200), (3, 300), (4, 400));

        Assert.Equal(
            new StaleReply(TimeSpan.FromMilliseconds(210), Behind: 3),
            ReadJudge.Judge(history, Sent(history, 410), version: 1)
        );
        Assert.Equal(
            new StaleReply(TimeSpan.FromMilliseconds(10), Behind: 1),
            ReadJudge.Judge(history, Sent(history, 410), version: 3)
        );
    }

    [Fact]
    public void A_version_whose_outcome_was_never_known_is_stale_once_a_newer_one_is_acknowledged()
    {
        // Version 2 was attempted and perhaps committed, but not acknowledged.
        var history = History((1, 100), (3, 300));

        Assert.Null(ReadJudge.Judge(history, new SentRead(history.FirstNewerThan(0), Ticks(250)), version: 2));
        Assert.Equal(
            new StaleReply(TimeSpan.FromMilliseconds(5), Behind: 1),
            ReadJudge.Judge(history, Sent(history, 305), version: 2)
        );
    }

    [Fact]
    public void Versions_of_a_key_are_acknowledged_in_their_order()
    {
        var history = History((2, 100));

        Assert.Throws<ArgumentException>(() => history.Acknowledge(Version(2, 200)));
        Assert.Throws<ArgumentException>(() => history.Acknowledge(Version(1, 200)));
        Assert.Equal(2, history.Newest!.Version);
        Assert.Null(history.FirstNewerThan(2));
    }

    private static KeyHistory History(params (long Version, long At)[] versions)
    {
        var history = new KeyHistory();
        foreach (var (version, at) in versions)
        {
            history.Acknowledge(Version(version, at));
        }

        return history;
    }

    private static Acknowledged Version(long version, long at) =>
        new(version, new MessagePosition((ulong)at, 0), Ticks(at));

    private static SentRead Sent(KeyHistory history, long at) => new(history.Newest, Ticks(at));

    private static long Ticks(long milliseconds) => milliseconds * Stopwatch.Frequency / 1000;
}
