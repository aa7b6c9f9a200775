using Microsoft.Extensions.Time.Testing;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Tests;

public sealed class L1CacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CacheMetrics _metrics = new();
    private readonly InvalidationLog _log;

    public L1CacheTests()
    {
        _log = new InvalidationLog(1000, 1000, TimeSpan.FromSeconds(30), _time);
        _log.Restart(new MessagePosition(10, 0));
    }

    private CoarseClock Clock => new(_time);

    [Fact]
    public void Keeps_the_entry_limit_and_prefers_what_is_read()
    {
        var cache = NewCache(entries: 100);
        Assert.True(Store(cache, "hot"));
        for (var i = 0; i < 5000; i++)
        {
            Store(cache, $"cold:{i}");
            Assert.NotNull(cache.Get("hot"));
            Assert.InRange(cache.Count, 1, 100);
        }

        Assert.Equal(100, cache.Count);
        Assert.Equal(4901, _metrics.Evictions.Value);
    }

    [Fact]
    public void Keeps_the_byte_limit_and_does_not_keep_what_exceeds_it_alone()
    {
        var cache = NewCache(bytes: 10_000);
        for (var i = 0; i < 500; i++)
        {
            Store(cache, $"k{i}", new string('x', 200));
            Assert.InRange(cache.Bytes, 0, 10_000);
        }

        var before = cache.Count;
        Assert.InRange(before, 5, 25);
        Store(cache, "giant", new string('x', 20_000));
        Assert.Null(cache.Get("giant"));
        Assert.Equal(before, cache.Count);
    }

    [Fact]
    public async Task A_reader_finds_the_old_value_or_the_new_one_while_it_is_replaced()
    {
        var cache = NewCache();
        Store(cache, "a");
        var missed = 0;
        using var replaced = new CancellationTokenSource();
        var reader = Threads.Run(() =>
        {
            while (!replaced.IsCancellationRequested)
            {
                missed += cache.Get("a") is null ? 1 : 0;
            }
        });
        for (var i = 0; i < 50_000; i++)
        {
            Store(cache, "a");
        }

        await replaced.CancelAsync();
        await reader;
        Assert.Equal(0, missed);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void A_value_that_is_too_large_takes_the_place_of_none()
    {
        var cache = NewCache(bytes: 10_000);
        Store(cache, "a");
        Store(cache, "a", new string('x', 20_000));
        Assert.Null(cache.Get("a"));
        Assert.Equal((0, 0), (cache.Count, cache.Bytes));
    }

    [Fact]
    public void Expires()
    {
        var cache = NewCache();
        Store(cache, "a", lifetime: TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.NotNull(cache.Get("a"));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Null(cache.Get("a"));
        Assert.Equal(0, cache.Count);
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public void Expires_at_the_callers_time()
    {
        var cache = NewCache();
        Store(cache, "a", lifetime: TimeSpan.FromSeconds(5));
        var end = Clock.After(TimeSpan.FromSeconds(5));
        Assert.NotNull(cache.Get("a", end - 1));
        Assert.Null(cache.Get("a", end));
    }

    [Fact]
    public void Is_kept_for_fail_safe_beyond_its_expiry_and_dropped_after_that()
    {
        var cache = NewCache();
        Store(cache, "a", lifetime: TimeSpan.FromSeconds(5), stale: TimeSpan.FromSeconds(10));
        Assert.NotNull(cache.Get("a"));
        Assert.NotNull(cache.GetStale("a"));

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(cache.Get("a"));
        Assert.NotNull(cache.GetStale("a"));
        Assert.Equal(1, cache.Count);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(cache.GetStale("a"));
        Assert.Equal(0, cache.Count);
        Assert.Null(cache.GetStale("unknown"));
    }

    [Fact]
    public void What_was_kept_beyond_its_expiry_goes_with_the_first_read_after_that()
    {
        var cache = NewCache();
        Store(cache, "a", lifetime: TimeSpan.FromSeconds(5), stale: TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Null(cache.Get("a"));
        Assert.Equal(0, cache.Count);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("prefix")]
    [InlineData("tag")]
    [InlineData("everything")]
    [InlineData("restart")]
    public void What_was_invalidated_is_not_kept_for_fail_safe(string how)
    {
        var cache = NewCache();
        var ticket = _log.Begin();
        var times = new EntryTimes(Clock.After(TimeSpan.FromSeconds(5))) { StaleUntil = CoarseClock.Never };
        Assert.True(
            cache.TryStore(
                new SharedEntry<string>("v", "a:1", ["t"], ticket.AsOf, times, 1) { Policy = TestPolicy.Default },
                ticket
            )
        );
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.NotNull(cache.GetStale("a:1"));

        switch (how)
        {
            case "restart":
                _log.Restart(new MessagePosition(11, 0));
                break;
            default:
                cache.Apply(
                    how switch
                    {
                        "key" => Invalidation.Key("a:1"),
                        "prefix" => Invalidation.Prefix("a"),
                        "tag" => Invalidation.Tag("t"),
                        _ => Invalidation.Everything,
                    },
                    new MessagePosition(11, 0)
                );
                break;
        }

        Assert.Null(cache.GetStale("a:1"));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_kept_entry_gives_way_to_one_that_has_not_expired()
    {
        var cache = NewCache();
        var early = _log.Begin();
        _log.Advance(new MessagePosition(20, 0));
        Store(cache, "a", "expired", TimeSpan.FromSeconds(5), stale: TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(cache.TryStore(Entry("a", "valid", early.AsOf), early));
        Assert.Equal("valid", ((SharedEntry<string>)cache.Get("a")!).Value);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Keeps_the_newer_of_two_entries()
    {
        var cache = NewCache();
        var early = _log.Begin();
        _log.Advance(new MessagePosition(20, 0));
        Store(cache, "a", "new");
        Assert.True(cache.TryStore(Entry("a", "old", early.AsOf), early));
        Assert.Equal("new", ((SharedEntry<string>)cache.Get("a")!).Value);
    }

    [Fact]
    public void Drops_what_a_prefix_matches_and_keeps_the_rest()
    {
        var cache = NewCache();
        Store(cache, "company:4");
        Store(cache, "company:4:report");
        Store(cache, "company:42");
        cache.Apply(Invalidation.Prefix("company:4"), new MessagePosition(11, 0));

        Assert.Null(cache.Get("company:4"));
        Assert.Null(cache.Get("company:4:report"));
        Assert.NotNull(cache.Get("company:42"));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void An_invalidation_that_comes_again_does_not_drop_what_was_loaded_after_it()
    {
        var cache = NewCache();
        cache.Apply(Invalidation.Key("a"), new MessagePosition(11, 0));
        _log.Advance(new MessagePosition(11, 0));
        Store(cache, "a");
        cache.Apply(Invalidation.Key("a"), new MessagePosition(11, 0));
        cache.Apply(Invalidation.Prefix("a"), new MessagePosition(11, 0));

        Assert.NotNull(cache.Get("a"));
    }

    private L1Cache NewCache(int entries = 1000, long bytes = 1 << 20) =>
        new(_log, new CachingOptions { LocalEntryLimit = entries, LocalByteLimit = bytes }, _time, _metrics);

    private bool Store(
        L1Cache cache,
        string key,
        string value = "v",
        TimeSpan? lifetime = null,
        TimeSpan stale = default
    )
    {
        var ticket = _log.Begin();
        return cache.TryStore(Entry(key, value, ticket.AsOf, lifetime, stale), ticket);
    }

    private SharedEntry<string> Entry(
        string key,
        string value,
        MessagePosition asOf,
        TimeSpan? lifetime = null,
        TimeSpan stale = default
    )
    {
        var expiresAt = Clock.After(lifetime ?? TimeSpan.FromHours(1));
        var times = new EntryTimes(expiresAt) { StaleUntil = expiresAt + CoarseClock.ToMilliseconds(stale) };
        return new SharedEntry<string>(value, key, [], asOf, times, 2L * value.Length) { Policy = TestPolicy.Default };
    }
}
