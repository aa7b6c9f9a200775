using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Loading;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// The known races of caches with several levels and several instances, each in both orders. What one instance's load
/// and an invalidation do to each other is in <see cref="FillRaceTests"/>.
/// </summary>
public sealed class RaceTableTests(RedisFixture redis)
{
    private const string Key = "company:4";

    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Stale set in Redis by another process.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_cannot_bring_back_to_Redis_what_was_invalidated(bool invalidationIsFirst)
    {
        await using var slow = NewInstance();
        await using var other = NewInstance();
        using var hold = new Hold(slow, FillStage.L1Stored);
        Assert.Equal(("old", CacheOutcome.Miss), await slow.ReadAsync(Key, "old"));
        await hold.Reached;
        if (!invalidationIsFirst)
        {
            hold.Release();
            await InRedis(slow);
        }

        _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        await other.RunGroupAsync();
        if (invalidationIsFirst)
        {
            hold.Release();
            await Eventually.Until(() => slow.Metrics.DiscardedL2Fills.Value == 1, cancellationToken: Cancellation);
        }

        Assert.Null(await other.L2.ReadAsync(Key));
        Assert.Equal(("new", CacheOutcome.Miss), await other.ReadAsync(Key, "new"));
    }

    /// <summary>A write-back lands after a newer set.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_late_write_to_Redis_does_not_replace_a_newer_value(bool setIsFirst)
    {
        await using var slow = NewInstance();
        await using var other = NewInstance();
        using var hold = new Hold(slow, FillStage.L1Stored);
        await slow.ReadAsync(Key, "old");
        await hold.Reached;
        if (!setIsFirst)
        {
            hold.Release();
            await InRedis(slow);
        }

        await other.Cache.SetAsync(Key, "set", cancellationToken: Cancellation);
        if (setIsFirst)
        {
            hold.Release();
            await Eventually.Until(() => slow.Metrics.DiscardedL2Fills.Value == 1, cancellationToken: Cancellation);
        }

        await using var third = NewInstance();
        Assert.Equal(("set", CacheOutcome.L2), await third.ReadAsync(Key, "loaded"));
        Assert.Equal(("set", CacheOutcome.L2), await slow.ReadAsync(Key, "loaded"));
    }

    /// <summary>A peer evicts its memory and refills it from Redis.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_does_not_refill_its_memory_from_an_entry_that_is_not_cleaned_up_yet(bool peerIsFirst)
    {
        await using var instance = NewInstance();
        await using var peer = NewInstance();
        await instance.ReadAsync(Key, "old");
        await InRedis(instance);
        Assert.Equal(("old", CacheOutcome.L2), await peer.ReadAsync(Key, "new"));
        peer.Tail.IsHeld = !peerIsFirst;
        _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        if (peerIsFirst)
        {
            // Redis still has the old entry; it is from before what the peer has heard.
            Assert.NotNull(await peer.L2.ReadAsync(Key));
            Assert.Equal(("new", CacheOutcome.Miss), await peer.ReadAsync(Key, "new"));
            return;
        }

        // The peer has not heard yet, and does not know better. When it hears, nothing old is left.
        await instance.RunGroupAsync();
        Assert.Equal(("old", CacheOutcome.L1), await peer.ReadAsync(Key, "new"));
        peer.Tail.CatchUp(_stream.Messages);
        Assert.Equal(("new", CacheOutcome.Miss), await peer.ReadAsync(Key, "new"));
    }

    /// <summary>
    /// The loader reads a replica of the source that lags: a second, delayed invalidation is the remedy.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_invalidation_removes_what_a_lagging_replica_brought_after_the_first(bool loadIsBetween)
    {
        await using var instance = NewInstance();
        _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        if (loadIsBetween)
        {
            Assert.Equal(
                ("old from the replica", CacheOutcome.Miss),
                await instance.ReadAsync(Key, "old from the replica")
            );
        }

        _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        await instance.RunGroupAsync();
        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync(Key, "new"));
        Assert.Equal(("new", CacheOutcome.L1), await instance.ReadAsync(Key, "newer"));
    }

    /// <summary>Duplicate and reordered messages.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_old_invalidation_that_comes_again_or_late_removes_nothing_newer(bool toMemory)
    {
        await using var instance = NewInstance();
        var old = _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        Assert.Equal(("v1", CacheOutcome.Miss), await instance.ReadAsync(Key, "v1"));
        await InRedis(instance);
        if (toMemory)
        {
            instance.L1.Apply(Invalidation.Key(Key), old);
            instance.L1.Apply(Invalidation.Key(Key), new MessagePosition(1, 0));
            Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync(Key, "v2"));
        }
        else
        {
            await instance.RunGroupAsync();
            await instance.RunGroupAsync();
            await using var other = NewInstance();
            Assert.Equal(("v1", CacheOutcome.L2), await other.ReadAsync(Key, "v2"));
        }
    }

    /// <summary>Clock skew in tag timestamps: there are none.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(-15)]
    public async Task Clocks_that_differ_by_a_quarter_of_an_hour_make_nothing_stale_and_nothing_invalid(int minutes)
    {
        var options = new HybridCacheEntryOptions { Expiration = TimeSpan.FromHours(2) };
        await using var here = NewInstance();
        await using var there = NewInstance(new FakeTimeWithRealTimers(here.Time.Start.AddMinutes(minutes)));
        await here.ReadAsync(Key, "old", options, ["red"]);
        await InRedis(here);
        Assert.Equal(("old", CacheOutcome.L2), await there.ReadAsync(Key, "new", options, ["red"]));

        await there.Cache.RemoveByTagAsync("red", Cancellation);
        Assert.Equal(("new", CacheOutcome.Miss), await here.ReadAsync(Key, "new", options, ["red"]));
        await Eventually.Until(
            async () => await here.L2.ReadAsync(Key) is { } entry && entry.AsOf == _stream.Last,
            cancellationToken: Cancellation
        );
        Assert.Equal(("new", CacheOutcome.L2), await there.ReadAsync(Key, "newer", options, ["red"]));
        Assert.Equal(("new", CacheOutcome.L1), await here.ReadAsync(Key, "newer", options, ["red"]));
    }

    /// <summary>Negative caching hides an insert.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task That_there_is_nothing_is_forgotten_when_something_is_inserted(bool insertIsDuringTheLoad)
    {
        await using var instance = NewInstance();
        using var hold = new Hold(instance, FillStage.Loaded);
        var read = ReadAsync(null).AsTask();
        await hold.Reached;
        if (insertIsDuringTheLoad)
        {
            _stream.Announce(new CompanyUpdated { CompanyId = 4 });
            hold.Release();
        }
        else
        {
            hold.Release();
            Assert.Null(await read);
            _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        }

        Assert.Null(await read);
        Assert.Equal("inserted", await ReadAsync("inserted"));

        ValueTask<string?> ReadAsync(string? fresh) =>
            instance.Cache.GetOrCreateAsync(Key, _ => ValueTask.FromResult(fresh), cancellationToken: Cancellation);
    }

    /// <summary>Tag metadata that is read again: it only moves forward.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Epochs_from_Redis_do_not_bring_back_what_a_later_one_has_dropped(bool laterIsFirst)
    {
        await using var instance = NewInstance();
        await instance.ReadAsync(Key, "old", tags: ["red"]);
        await InRedis(instance);
        var earlier = new PersistedEpochs(
            default,
            new Dictionary<string, MessagePosition>(),
            new Dictionary<string, MessagePosition> { ["red"] = new(1, 0) }
        );
        var generation = instance.Log.Begin().Generation;
        if (!laterIsFirst)
        {
            instance.Log.AddPersistedEpochs(generation, earlier);
        }

        await instance.Cache.RemoveByTagAsync("red", Cancellation);
        if (laterIsFirst)
        {
            instance.Log.AddPersistedEpochs(generation, earlier);
        }

        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync(Key, "new", tags: ["red"]));
    }

    /// <summary>A set whose message is overtaken by another change, at each of its awaits.</summary>
    [Theory]
    [InlineData((int)FillStage.Announced)]
    [InlineData((int)FillStage.Heard)]
    [InlineData((int)FillStage.L1Stored)]
    [InlineData((int)FillStage.L2Stored)]
    public async Task A_set_that_a_change_overtakes_is_not_served_after_it(int stage)
    {
        await using var instance = NewInstance();
        using var hold = new Hold(instance, (FillStage)stage);
        var set = instance.Cache.SetAsync(Key, "set", cancellationToken: Cancellation).AsTask();
        await hold.Reached;
        _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        await instance.RunGroupAsync();
        hold.Release();
        await set;

        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync(Key, "new"));
        await using var other = NewInstance();
        Assert.NotEqual("set", (await other.ReadAsync(Key, "new")).Value);
    }

    /// <summary>An entry that another process's load has brought, under a lease, is judged like any other.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_holder_of_a_lease_brought_is_not_used_if_it_was_invalidated_meanwhile(
        bool invalidationIsFirst
    )
    {
        await using var holder = NewInstance(leased: true);
        await using var waiter = NewInstance(leased: true);
        if (invalidationIsFirst)
        {
            _stream.Announce(new CompanyUpdated { CompanyId = 4 });
            await holder.RunGroupAsync();
        }

        // The waiter looked into Redis before the holder stored, and looks again when the lease is free.
        using var hold = new Hold(waiter, FillStage.L2Read);
        var waiting = waiter.ReadAsync(Key, "v2");
        await hold.Reached;
        Assert.Equal(("v1", CacheOutcome.Miss), await holder.ReadAsync(Key, "v1"));
        await InRedis(holder);
        if (!invalidationIsFirst)
        {
            _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        }

        hold.Release();
        Assert.Equal(invalidationIsFirst ? ("v1", CacheOutcome.L2) : ("v2", CacheOutcome.Miss), await waiting);
    }

    private static Task InRedis(TestInstance instance) =>
        Eventually.Until(async () => await instance.L2.ReadAsync(Key) is not null, cancellationToken: Cancellation);

    private TestInstance NewInstance(FakeTimeWithRealTimers? time = null, bool leased = false) =>
        new(
            _stream,
            redis.Connection,
            _service,
            time,
            options =>
            {
                if (leased)
                {
                    options.Policies["all"] = new CachePolicy { LoadLease = TimeSpan.FromSeconds(20) };
                }
            }
        );
}
