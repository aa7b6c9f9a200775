using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Loading;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>Loads that race invalidations, in chosen orders.</summary>
public sealed class FillRaceTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    public static TheoryData<string> Invalidations =>
        ["event", "remove", "prefix", "tag", "everything", "undecodable", "gap"];

    /// <summary>
    /// The old value is read from the source, then comes the invalidation, then the value wants to be stored.
    /// </summary>
    // https://github.com/ZiggyCreatures/FusionCache/issues/535
    [Theory]
    [Trait("Suite", "Conformance")]
    [MemberData(nameof(Invalidations))]
    public async Task A_load_that_an_invalidation_overtakes_is_stored_nowhere(string what)
    {
        await using var instance = NewInstance();
        using var hold = new Hold(instance, FillStage.Loaded);
        var read = instance.ReadAsync("company:4", "old", tags: ["red"]);
        await hold.Reached;
        await InvalidateAsync(instance, what);
        hold.Release();

        Assert.Equal(("old", CacheOutcome.Miss), await read);
        Assert.Equal(1, instance.Metrics.DiscardedL1Fills.Value);
        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("company:4", "new", tags: ["red"]));
    }

    /// <summary>The value is in memory, its write to Redis is on the way, then comes the invalidation.</summary>
    [Theory]
    [MemberData(nameof(Invalidations))]
    public async Task A_write_to_Redis_that_an_invalidation_overtakes_is_not_served(string what)
    {
        await using var instance = NewInstance();
        using var hold = new Hold(instance, FillStage.L1Stored);
        Assert.Equal(("old", CacheOutcome.Miss), await instance.ReadAsync("company:4", "old", tags: ["red"]));
        await hold.Reached;
        await InvalidateAsync(instance, what);
        if (what is not ("undecodable" or "gap"))
        {
            await instance.RunGroupAsync();
        }

        hold.Release();
        await Eventually.Until(
            async () =>
                instance.Metrics.DiscardedL2Fills.Value == 1 || await instance.L2.ReadAsync("company:4") is not null,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("company:4", "new", tags: ["red"]));
    }

    /// <summary>
    /// The old entry is read from Redis, then comes the invalidation, then the entry wants to be used.
    /// </summary>
    // https://github.com/ZiggyCreatures/FusionCache/issues/613
    [Theory]
    [Trait("Suite", "Conformance")]
    [MemberData(nameof(Invalidations))]
    public async Task An_entry_from_Redis_that_an_invalidation_overtakes_is_not_used(string what)
    {
        await using var other = NewInstance();
        await FillRedisAsync(other, "company:4", "old", ["red"]);
        await using var instance = NewInstance();
        using var hold = new Hold(instance, FillStage.L2Read);
        var read = instance.ReadAsync("company:4", "new", tags: ["red"]);
        await hold.Reached;
        await InvalidateAsync(instance, what);
        hold.Release();

        Assert.Equal(("new", CacheOutcome.Miss), await read);
    }

    /// <summary>The other order: the invalidation is first, the load begins after it.</summary>
    [Theory]
    [MemberData(nameof(Invalidations))]
    public async Task A_load_that_begins_after_the_invalidation_is_stored(string what)
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("company:4", "old", tags: ["red"]);
        await InvalidateAsync(instance, what);

        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("company:4", "new", tags: ["red"]));
        Assert.Equal(("new", CacheOutcome.L1), await instance.ReadAsync("company:4", "newer", tags: ["red"]));
    }

    // https://github.com/ZiggyCreatures/FusionCache/issues/535
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Who_comes_after_an_invalidation_does_not_join_a_load_from_before_it()
    {
        await using var instance = NewInstance();
        using var hold = new Hold(instance, FillStage.Loaded);
        var before = instance.ReadAsync("company:4", "old");
        await hold.Reached;
        await instance.Cache.RemoveAsync("company:4", TestContext.Current.CancellationToken);
        hold.Open();

        // The deadline ends a test whose reader joined the held load.
        var after = instance
            .ReadAsync("company:4", "new")
            .WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        Assert.Equal(("new", CacheOutcome.Miss), await after);
        hold.Release();
        Assert.Equal("old", (await before).Value);
        Assert.Equal(("new", CacheOutcome.L1), await instance.ReadAsync("company:4", "newer"));
    }

    [Fact]
    public async Task A_load_that_takes_too_long_is_stored_nowhere()
    {
        await using var instance = NewInstance();
        using var hold = new Hold(instance, FillStage.Loaded);
        var read = instance.ReadAsync("k", "slow");
        await hold.Reached;
        instance.Time.Advance(TimeSpan.FromSeconds(31));
        hold.Release();

        Assert.Equal("slow", (await read).Value);
        Assert.Null(instance.L1.Get("k"));
        Assert.Null(await instance.L2.ReadAsync("k"));
    }

    [Fact]
    public async Task A_write_to_Redis_that_is_held_up_beyond_the_longest_load_is_not_sent()
    {
        await using var instance = NewInstance();
        using var hold = new Hold(instance, FillStage.L1Stored);
        await instance.ReadAsync("k", "paused");
        await hold.Reached;
        instance.Time.Advance(TimeSpan.FromSeconds(31));
        hold.Release();

        await Eventually.Until(
            async () => instance.Metrics.DiscardedL2Fills.Value == 1 || await instance.L2.ReadAsync("k") is not null,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Null(await instance.L2.ReadAsync("k"));
    }

    [Theory]
    [InlineData(HybridCacheEntryFlags.None, CacheOutcome.L1)]
    [InlineData(HybridCacheEntryFlags.DisableLocalCacheWrite, CacheOutcome.L2)]
    public async Task A_value_that_is_set_is_dropped_if_someone_else_changed_it_meanwhile(
        HybridCacheEntryFlags flags,
        CacheOutcome kept
    )
    {
        await using var instance = NewInstance();
        var options = new HybridCacheEntryOptions { Flags = flags };
        instance.Tail.IsHeld = true;
        var set = instance
            .Cache.SetAsync("company:4", "set", options, cancellationToken: TestContext.Current.CancellationToken)
            .AsTask();
        Assert.False(set.IsCompleted);
        instance.Tail.IsHeld = false;
        _stream.Announce(new CompanyCreated());
        await set;
        Assert.Equal(("set", kept), await instance.ReadAsync("company:4", "loaded"));

        instance.Tail.IsHeld = true;
        _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        set = instance
            .Cache.SetAsync("company:4", "too old", options, cancellationToken: TestContext.Current.CancellationToken)
            .AsTask();
        instance.Tail.IsHeld = false;
        _stream.Announce(new CompanyCreated());
        await set;
        Assert.Equal(("loaded", CacheOutcome.Miss), await instance.ReadAsync("company:4", "loaded"));
    }

    internal static async Task FillRedisAsync(TestInstance instance, string key, string value, string[]? tags = null)
    {
        await instance.ReadAsync(key, value, tags: tags);
        await Eventually.Until(
            async () => await instance.L2.ReadAsync(key) is not null,
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    private async Task InvalidateAsync(TestInstance instance, string what)
    {
        var cancellation = TestContext.Current.CancellationToken;
        switch (what)
        {
            case "event":
                _stream.Announce(new CompanyUpdated { CompanyId = 4 });
                break;
            case "remove":
                await instance.Cache.RemoveAsync("company:4", cancellation);
                break;
            case "prefix":
                await instance.Cache.RemoveByPrefixAsync("company", cancellation);
                break;
            case "tag":
                await instance.Cache.RemoveByTagAsync("red", cancellation);
                break;
            case "everything":
                await instance.Cache.RemoveByTagAsync("*", cancellation);
                break;
            case "undecodable":
                var hidden = _stream.Announce(new CompanyCreated());
                instance.Tail.Observer.OnUndecodable(hidden);
                break;
            case "gap":
                instance.Tail.IsHeld = true;
                instance.Tail.Start(_stream.Announce(new CompanyUpdated { CompanyId = 4 }), TailStartReason.Gap);
                instance.Tail.IsHeld = false;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what));
        }
    }

    private TestInstance NewInstance() => new(_stream, redis.Connection, _service);
}
