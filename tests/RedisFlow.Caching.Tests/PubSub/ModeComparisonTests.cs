using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests.PubSub;

/// <summary>
/// The same faults in both modes: what a cache on streams keeps right, and one on Pub/Sub serves stale.
/// </summary>
public sealed class ModeComparisonTests(RedisFixture redis)
{
    private readonly string _stream = "test:" + Guid.NewGuid().ToString("N");
    private readonly string _service = ServiceNames.New();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_changed_while_the_service_was_down_is_served_stale_over_PubSub_and_not_with_streams(
        bool useStreams
    )
    {
        await using (var first = await StartAsync(useStreams))
        {
            await first.ReadAsync("company:1", "old");
            await Eventually.Until(
                async () => await redis.OneServer.AskAsync(["EXISTS", $"{_service}:1:company:1"], Stop) is ["1"],
                cancellationToken: Stop
            );
        }

        await using var organization = await StartAsync(useStreams, "organization", caches: false);
        await organization.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);

        // The group gets the change in both modes, and the service begins to trust what is in Redis in both.
        await using var late = await StartAsync(useStreams);
        await Eventually.Until(
            async () => (await late.Monitor.GetSnapshotAsync(Stop)).Groups is [{ Pending: 0, Lag: 0 }],
            cancellationToken: Stop
        );
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Stop);

        Assert.Equal(useStreams ? "new" : "old", await late.ReadAsync("company:1", "new"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_instance_silently_cut_off_serves_its_memory_until_it_notices_and_PubSub_costs_all_of_it(
        bool useStreams
    )
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        await using var instance = await StartAsync(useStreams, tailConnection: proxy.ConnectionString);
        await using var organization = await StartAsync(useStreams, "organization", caches: false);
        var before = await organization.Publisher.PublishAsync(CacheHost.Renamed(3), Stop);
        await instance.Cache.WaitUntilAppliedAsync(before, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
        await instance.ReadAsync("company:1", "old");
        await instance.ReadAsync("company:2", "unchanged");

        proxy.LoseReplies();
        var change = await organization.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);
        await Eventually.Until(() => proxy.Lost > 0, cancellationToken: Stop);
        Assert.Equal("old", await instance.ReadAsync("company:1", "new"));

        proxy.Reset();
        await instance.Cache.WaitUntilAppliedAsync(change, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.Equal("new", await instance.ReadAsync("company:1", "new"));

        // With streams it got the message after all, and dropped exactly what that made stale. Over Pub/Sub the message
        // is gone: nothing it had can be believed.
        Assert.Equal(useStreams ? "unchanged" : "loaded again", await instance.ReadAsync("company:2", "loaded again"));
        Assert.Equal(
            (useStreams ? 1 : 0, useStreams ? 0 : 1),
            (instance.Metrics.Invalidations.Value - 1, instance.Metrics.Flushes.Value)
        );
    }

    private Task<CacheHost> StartAsync(
        bool useStreams,
        string instance = "a",
        bool caches = true,
        string? tailConnection = null
    ) => CacheHost.StartAsync(redis.OneServer, _stream, _service, useStreams, instance, caches, tailConnection);
}
