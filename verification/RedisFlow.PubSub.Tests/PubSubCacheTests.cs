using RedisFlow.Caching.L2;
using RedisFlow.PubSub.Tailing;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.PubSub.Tests;

/// <summary>The cache on Pub/Sub, as long as nothing goes wrong, and when it notices that something did.</summary>
public sealed class PubSubCacheTests(RedisFixture redis)
{
    private readonly string _stream = PubSubHost.NewStream();
    private readonly string _service = PubSubHost.NewService();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IDatabase Database => redis.Database;

    [Fact]
    public async Task An_event_evicts_every_instance_whether_it_is_published_alone_or_with_a_transaction()
    {
        await using var first = await StartAsync("a");
        await using var second = await StartAsync("b");
        foreach (var instance in new[] { first, second })
        {
            Assert.Equal("old", await instance.ReadAsync("company:1", "old"));
            Assert.Equal("old", await instance.ReadAsync("company:2", "old"));
        }

        var alone = await first.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop);
        var committed = await first.CommitAsync(Database, _stream, PubSubHost.Renamed(2));

        Assert.Equal([alone.ToString(), committed.ToString()], await IdsAsync());
        foreach (var instance in new[] { first, second })
        {
            await instance.AppliedAsync(committed);
            Assert.Equal("new", await instance.ReadAsync("company:1", "new"));
            Assert.Equal("new", await instance.ReadAsync("company:2", "new"));
        }
    }

    [Fact]
    public async Task An_instance_that_hears_an_event_cleans_Redis_itself()
    {
        await using var instance = await StartAsync("a");
        await instance.ReadAsync("company:1", "old");
        await ContentAsync("company:1", L2Content.Entry);

        await instance.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop);

        await ContentAsync("company:1", L2Content.Tombstone);
    }

    /// <summary>No group would do it later: an instance that starts right then would trust what is there.</summary>
    [Fact]
    public async Task A_removal_has_cleaned_Redis_when_it_returns_though_no_instance_hears_it()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        await using var instance = await PubSubHost.StartCacheAsync(
            redis.OneServer,
            _stream,
            _service,
            tailConnection: proxy.ConnectionString
        );
        using var connection = await redis.OneServer.ConnectAsync();
        await instance.ReadAsync("k", "old");
        await Eventually.Until(
            () => connection.GetDatabase().KeyExistsAsync($"{_service}:1:k"),
            cancellationToken: Stop
        );
        proxy.BeginStall();

        await instance.Cache.RemoveAsync("k", Stop);

        var bytes = (byte[]?)await connection.GetDatabase().StringGetAsync($"{_service}:1:k");
        Assert.Equal(L2Content.Tombstone, L2Codec.Decode(bytes, out _));
        proxy.EndStall();
    }

    /// <summary>The publisher is not on Pub/Sub: the group gets its event, the tail does not.</summary>
    [Fact]
    public async Task The_consumer_group_handles_events_and_cleans_nothing()
    {
        await using var instance = await StartAsync("a");
        await instance.ReadAsync("company:1", "old");
        await ContentAsync("company:1", L2Content.Entry);
        await using var organization = await PubSubHost.StartAsync(redis.Server, _stream, isOnPubSub: false);

        await organization.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop);
        await instance.DrainedAsync();

        Assert.Equal(L2Content.Entry, await ContentAsync("company:1"));
    }

    [Fact]
    public async Task A_value_that_is_set_reaches_the_other_instances_through_Redis()
    {
        await using var first = await StartAsync("a");
        await using var second = await StartAsync("b");
        await second.ReadAsync("k", "old");

        await first.Cache.SetAsync("k", "set", cancellationToken: Stop);

        await Eventually.Until(async () => await second.ReadAsync("k", "loaded") == "set", cancellationToken: Stop);
        Assert.Equal("set", await first.ReadAsync("k", "loaded"));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_drops_everything_here_and_in_Redis()
    {
        await using var instance = await StartAsync("a");
        await instance.ReadAsync("company:1", "old");
        await ContentAsync("company:1", L2Content.Entry);
        var keys = new StreamKeys(_stream);

        await Database.ExecuteAsync(
            "EVAL",
            "redis.call('PUBLISH', ARGV[1], redis.call('XADD', KEYS[1], '*', 'data', ARGV[2]) .. '|' .. ARGV[2])",
            1,
            (RedisKey)keys.Stream,
            Announcement.Channel(keys),
            "no message"
        );
        await Eventually.Until(() => instance.Components.Metrics.Flushes.Value == 1, cancellationToken: Stop);

        Assert.Equal("new", await instance.ReadAsync("company:1", "new"));
        await Eventually.Until(
            async () => await Database.HashExistsAsync($"{_service}:1/epochs", "*"),
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task A_reconnect_flushes_the_memory()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        await using var instance = await PubSubHost.StartCacheAsync(server, _stream, _service);
        await instance.ReadAsync("company:1", "old");
        await instance.ReadAsync("anything", "else");
        Assert.Equal(2, instance.Components.L1.Count);

        using var control = await server.ConnectAsync(admin: true);
        await control.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");

        await Eventually.Until(() => instance.Components.Metrics.Flushes.Value == 1, cancellationToken: Stop);
        Assert.Equal(0, instance.Components.L1.Count);
        var position = await Eventually.Until(
            () => instance.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop),
            _ => true,
            cancellationToken: Stop
        );
        await instance.AppliedAsync(position);
        Assert.Equal("new", await instance.ReadAsync("company:1", "new"));
    }

    private Task<PubSubHost> StartAsync(string instance) =>
        PubSubHost.StartCacheAsync(redis.Server, _stream, _service, instance: instance);

    private async Task ContentAsync(string key, L2Content expected) =>
        await Eventually.Until(() => ContentAsync(key), content => content == expected, cancellationToken: Stop);

    private async Task<L2Content?> ContentAsync(string key) =>
        (byte[]?)await Database.StringGetAsync($"{_service}:1:{key}") is { } bytes
            ? L2Codec.Decode(bytes, out _)
            : null;

    private async Task<IEnumerable<string>> IdsAsync()
    {
        var entries = (RedisResult[])
            (await Database.ExecuteAsync("XRANGE", (RedisKey)new StreamKeys(_stream).Stream, "-", "+"))!;
        return entries.Select(entry => (string)((RedisResult[])entry!)[0]!);
    }
}
