using RedisFlow.Caching.L1;
using RedisFlow.Caching.Time;

namespace RedisFlow.Caching.Tests;

public sealed class L1EntryTests
{
    [Fact]
    public void Without_more_said_it_is_neither_refreshed_nor_kept_beyond_its_expiry()
    {
        var entry = Entry(new EntryTimes(100));
        Assert.Equal((100, 100, 100), (entry.ExpiresAt, entry.StaleUntil, entry.CheckAt));
        Assert.Equal(CoarseClock.Never, entry.RefreshAt);
    }

    [Fact]
    public void It_is_never_kept_for_less_than_it_lives() =>
        Assert.Equal(100, Entry(new EntryTimes(100) { StaleUntil = 50 }).StaleUntil);

    [Fact]
    public void One_caller_refreshes_and_the_others_have_nothing_to_do_until_it_is_set_again()
    {
        var entry = Entry(new EntryTimes(100) { RefreshAt = 80 });
        Assert.Equal(80, entry.CheckAt);
        Assert.True(entry.TryBeginRefresh());
        Assert.False(entry.TryBeginRefresh());
        Assert.Equal(100, entry.CheckAt);

        entry.RefreshAt = 90;
        Assert.Equal(90, entry.CheckAt);
        Assert.True(entry.TryBeginRefresh());
        Assert.False(entry.TryBeginRefresh());

        entry.RefreshAt = 120;
        Assert.Equal((120, 100), (entry.RefreshAt, entry.CheckAt));
    }

    [Fact]
    public async Task Of_many_callers_at_once_one_refreshes()
    {
        var threads = Math.Max(4, Environment.ProcessorCount);
        for (var run = 0; run < 200; run++)
        {
            var entry = Entry(new EntryTimes(100) { RefreshAt = 80 });
            var won = 0;
            using var begin = new Barrier(threads);
            await Task.WhenAll(
                Enumerable
                    .Range(0, threads)
                    .Select(_ =>
                        Threads.Run(() =>
                        {
                            begin.SignalAndWait();
                            if (entry.TryBeginRefresh())
                            {
                                Interlocked.Increment(ref won);
                            }
                        })
                    )
            );
            Assert.Equal(1, won);
        }
    }

    private static SharedEntry<string> Entry(EntryTimes times) =>
        new("v", "k", [], default, times, 1) { Policy = TestPolicy.Default };
}
