using Microsoft.Extensions.Options;
using RedisFlow.Caching.L2;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests.PubSub;

/// <summary>The cache on Pub/Sub, as long as nothing goes wrong, and when it notices that something did.</summary>
public sealed class PubSubCacheTests(RedisFixture redis)
{
    private readonly string _stream = "test:" + Guid.NewGuid().ToString("N");
    private readonly string _service = ServiceNames.New();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IDatabase Database => redis.Connection.GetDatabase();

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

        var alone = await first.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);
        var transaction = Database.CreateTransaction();
        _ = transaction.StringSetAsync($"{{{_stream}}}:test:state", "changed");
        var enlisted = first.Publisher.EnlistAsync(transaction, CacheHost.Renamed(2));
        Assert.True(await transaction.ExecuteAsync());
        var committed = await enlisted;

        Assert.Equal([alone.ToString(), committed.ToString()], await IdsAsync());
        foreach (var instance in new[] { first, second })
        {
            await instance.Cache.WaitUntilAppliedAsync(committed, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
            Assert.Equal("new", await instance.ReadAsync("company:1", "new"));
            Assert.Equal("new", await instance.ReadAsync("company:2", "new"));
        }
    }

    [Fact]
    public async Task An_instance_that_hears_an_event_cleans_Redis_itself()
    {
        await using var instance = await StartAsync("a");
        await instance.ReadAsync("company:1", "old");
        await Eventually.Until(
            () => ContentAsync("company:1"),
            content => content == L2Content.Entry,
            cancellationToken: Stop
        );

        await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);

        await Eventually.Until(
            () => ContentAsync("company:1"),
            content => content == L2Content.Tombstone,
            cancellationToken: Stop
        );
    }

    /// <summary>No group would do it later: an instance that starts right then would trust what is there.</summary>
    [Fact]
    public async Task A_removal_has_cleaned_Redis_when_it_returns_though_nobody_hears_it()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        await using var instance = await CacheHost.StartAsync(
            redis.OneServer,
            _stream,
            _service,
            useStreams: false,
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

    [Fact]
    public async Task The_consumer_group_handles_events_and_cleans_nothing()
    {
        var stream = new TestStream();
        await using var instance = new TestInstance(stream, redis.Connection, _service);
        await instance.ReadAsync("company:1", "old");
        await Eventually.Until(
            () => ContentAsync("company:1"),
            content => content == L2Content.Entry,
            cancellationToken: Stop
        );
        instance.Tail.IsHeld = true;
        stream.Announce(new CompanyUpdated { CompanyId = 1 });
        var delivery = Assert.Single(stream.Messages).Delivery;
        var letter = new StreamDeadLetter(
            delivery.Position,
            delivery.Group,
            DeadLetterReason.HandlerFailed,
            "refused",
            delivery
        );

        var handler = new CacheInvalidationHandler(
            instance.Caches,
            Options.Create(new StreamOptions { UseStreamsForInvalidation = false })
        );
        await handler.HandleAsync(delivery, Stop);
        await handler.HandleAsync(letter, Stop);
        Assert.Equal(L2Content.Entry, await ContentAsync("company:1"));

        await new CacheInvalidationHandler(instance.Caches, Options.Create(new StreamOptions())).HandleAsync(
            delivery,
            Stop
        );
        Assert.Equal(L2Content.Tombstone, await ContentAsync("company:1"));
    }

    [Fact]
    public async Task An_entry_that_nobody_can_read_drops_everything_here_and_in_Redis()
    {
        await using var instance = await StartAsync("a");
        await instance.ReadAsync("company:1", "old");
        await Eventually.Until(
            () => ContentAsync("company:1"),
            content => content == L2Content.Entry,
            cancellationToken: Stop
        );
        var keys = new StreamKeys(_stream);

        await Database.ExecuteAsync(
            "EVAL",
            "redis.call('PUBLISH', ARGV[1], redis.call('XADD', KEYS[1], '*', 'data', ARGV[2]) .. '|' .. ARGV[2])",
            1,
            (RedisKey)keys.Stream,
            keys.Channel,
            "no message"
        );
        await Eventually.Until(() => instance.Metrics.Flushes.Value == 1, cancellationToken: Stop);

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
        await using var instance = await CacheHost.StartAsync(server, _stream, _service, useStreams: false);
        await instance.ReadAsync("company:1", "old");
        await instance.ReadAsync("anything", "else");
        Assert.Equal(2, instance.L1.Count);

        using var control = await server.ConnectAsync(admin: true);
        await control.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");

        await Eventually.Until(() => instance.Metrics.Flushes.Value == 1, cancellationToken: Stop);
        Assert.Equal(0, instance.L1.Count);
        var position = await Eventually.Until(
            () => instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop),
            _ => true,
            cancellationToken: Stop
        );
        await instance.Cache.WaitUntilAppliedAsync(position, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.Equal("new", await instance.ReadAsync("company:1", "new"));
    }

    private Task<CacheHost> StartAsync(string instance) =>
        CacheHost.StartAsync(redis.Server, _stream, _service, useStreams: false, instance);

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
