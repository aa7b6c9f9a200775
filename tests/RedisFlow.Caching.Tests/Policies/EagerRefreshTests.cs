using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Loading;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

public sealed class EagerRefreshTests(RedisFixture redis)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(100);

    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_hit_late_in_the_lifetime_reloads_while_all_are_served()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("k", "v1");
        Pass(instance, TimeSpan.FromSeconds(79));
        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("k", "v2"));
        Assert.Equal(0, instance.StatisticsOf("all").EagerRefreshes.Value);

        Pass(instance, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10; i++)
        {
            // The first of these begins the reload; each gets one value or the other, at once.
            Assert.Equal(CacheOutcome.L1, (await instance.ReadAsync("k", "v2")).Outcome);
        }

        await Eventually.Until(
            async () => (await instance.ReadAsync("k", "v3")).Value == "v2",
            cancellationToken: Cancellation
        );
        Assert.Equal(1, instance.StatisticsOf("all").EagerRefreshes.Value);
        Pass(instance, TimeSpan.FromSeconds(60));
        Assert.Equal(("v2", CacheOutcome.L1), await instance.ReadAsync("k", "v3"));
    }

    [Fact]
    public async Task A_reader_without_a_source_leaves_the_reload_to_others()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("k", "v1");
        Pass(instance, TimeSpan.FromSeconds(85));
        var noSource = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("k", "v2", noSource));
        Assert.Equal(0, instance.StatisticsOf("all").EagerRefreshes.Value);

        await Eventually.Until(
            async () => (await instance.ReadAsync("k", "v3")).Value == "v3",
            cancellationToken: Cancellation
        );
        Assert.Equal(1, instance.StatisticsOf("all").EagerRefreshes.Value);
    }

    [Fact]
    public async Task A_reload_that_fails_leaves_the_entry_and_is_tried_again_later()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("k", "v1");
        Pass(instance, TimeSpan.FromSeconds(85));
        Assert.Equal(
            "v1",
            await instance.Cache.GetOrCreateAsync(
                "k",
                _ => ValueTask.FromException<string>(new InvalidOperationException("The source is down.")),
                cancellationToken: Cancellation
            )
        );
        await Eventually.Until(
            () => instance.StatisticsOf("all").LoadFailures.Value == 1,
            cancellationToken: Cancellation
        );
        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("k", "v2"));

        await Eventually.Until(
            async () =>
            {
                Pass(instance, TimeSpan.FromSeconds(1));
                return (await instance.ReadAsync("k", "v2")).Value == "v2";
            },
            cancellationToken: Cancellation
        );
        Assert.Equal(2, instance.StatisticsOf("all").EagerRefreshes.Value);
    }

    [Fact]
    public async Task A_reload_that_an_invalidation_overtakes_is_not_stored()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("company:4", "v1");
        Pass(instance, TimeSpan.FromSeconds(85));
        using var hold = new Hold(instance, FillStage.Loaded);
        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("company:4", "old"));
        await hold.Reached;
        _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        hold.Release();
        await Eventually.Until(() => instance.Metrics.DiscardedL1Fills.Value == 1, cancellationToken: Cancellation);
        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("company:4", "new"));
    }

    /// <summary>What is in Redis then is the entry that is to be reloaded.</summary>
    [Fact]
    public async Task A_reload_that_waits_for_another_process_does_not_take_the_old_entry_for_its_result()
    {
        await using var instance = NewInstance(lease: TimeSpan.FromSeconds(20));
        await instance.ReadAsync("k", "v1");
        await Eventually.Until(
            async () => await instance.L2.ReadAsync("k") is not null,
            cancellationToken: Cancellation
        );
        var lease = $"{_service}:1/lease:k";
        var database = redis.Connection.GetDatabase();
        await Eventually.Until(
            () => database.StringSetAsync(lease, "another", TimeSpan.FromSeconds(60), When.NotExists),
            cancellationToken: Cancellation
        );

        // The other process gives up in half a second, by the server's clock.
        Pass(instance, TimeSpan.FromSeconds(85));
        await database.KeyExpireAsync(lease, TimeSpan.FromMilliseconds(500));
        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("k", "v2"));
        await Eventually.Until(
            async () => (await instance.ReadAsync("k", "v3")).Value == "v2",
            cancellationToken: Cancellation
        );
    }

    private static void Pass(TestInstance instance, TimeSpan time)
    {
        instance.Time.Advance(time);
        instance.Tail.Heartbeat(instance.Stream.Last);
    }

    private TestInstance NewInstance(TimeSpan? lease = null) =>
        new(
            _stream,
            redis.Connection,
            _service,
            configure: options =>
                options.Policies["all"] = new CachePolicy
                {
                    Expiration = Lifetime,
                    EagerRefresh = 0.8,
                    LoadLease = lease,
                }
        );
}
