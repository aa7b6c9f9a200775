using RedisFlow.Testing;

namespace RedisFlow.PubSub.Tests;

/// <summary>
/// The same faults in both modes: what a cache on streams keeps right, and one on Pub/Sub serves stale.
/// </summary>
public sealed class CacheComparisonTests(RedisFixture redis)
{
    private readonly string _stream = PubSubHost.NewStream();
    private readonly string _service = PubSubHost.NewService();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_changed_while_the_service_was_down_is_served_stale_over_PubSub_and_not_with_streams(
        bool isOnPubSub
    )
    {
        await using (var first = await StartAsync(isOnPubSub))
        {
            await first.ReadAsync("company:1", "old");
            await Eventually.Until(
                async () => await redis.OneServer.AskAsync(["EXISTS", $"{_service}:1:company:1"], Stop) is ["1"],
                cancellationToken: Stop
            );
        }

        await using var organization = await PubSubHost.StartAsync(redis.OneServer, _stream, isOnPubSub: isOnPubSub);
        await organization.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop);

        // The group gets the change in both modes, and the service begins to trust what is in Redis in both.
        await using var late = await StartAsync(isOnPubSub);
        await late.DrainedAsync();
        await Eventually.Until(() => late.Components.Log.Begin().EpochsComplete, cancellationToken: Stop);

        Assert.Equal(isOnPubSub ? "old" : "new", await late.ReadAsync("company:1", "new"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instance_silently_cut_off_serves_its_memory_until_it_notices_and_PubSub_costs_all_of_it(
        bool isOnPubSub
    )
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        await using var instance = await StartAsync(isOnPubSub, tailConnection: proxy.ConnectionString);
        await using var organization = await PubSubHost.StartAsync(redis.OneServer, _stream, isOnPubSub: isOnPubSub);
        var before = await organization.Publisher.PublishAsync(PubSubHost.Renamed(3), Stop);
        await instance.AppliedAsync(before);
        await instance.ReadAsync("company:1", "old");
        await instance.ReadAsync("company:2", "unchanged");

        proxy.LoseReplies();
        var change = await organization.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop);
        await Eventually.Until(() => proxy.Lost > 0, cancellationToken: Stop);
        Assert.Equal("old", await instance.ReadAsync("company:1", "new"));

        proxy.Reset();
        await instance.AppliedAsync(change);
        Assert.Equal("new", await instance.ReadAsync("company:1", "new"));

        // With streams it got the message after all, and dropped exactly what that made stale. Over Pub/Sub the message
        // is gone: nothing it had can be believed.
        Assert.Equal(isOnPubSub ? "loaded again" : "unchanged", await instance.ReadAsync("company:2", "loaded again"));
        Assert.Equal(
            (isOnPubSub ? 0 : 1, isOnPubSub ? 1 : 0),
            (instance.Components.Metrics.Invalidations.Value - 1, instance.Components.Metrics.Flushes.Value)
        );
    }

    private Task<PubSubHost> StartAsync(bool isOnPubSub, string? tailConnection = null) =>
        PubSubHost.StartCacheAsync(redis.OneServer, _stream, _service, isOnPubSub, tailConnection: tailConnection);
}
