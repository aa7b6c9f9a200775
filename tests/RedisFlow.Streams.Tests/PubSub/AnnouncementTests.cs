using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Settings;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests.PubSub;

/// <summary>What goes out on the channel, by what a plain Redis client hears.</summary>
public sealed class AnnouncementTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    internal static readonly Dictionary<string, string?> PubSub = new()
    {
        ["Streams:UseStreamsForInvalidation"] = "false",
    };

    private static readonly Dictionary<string, Func<TestHost, IDatabase, Task>> Ways = new()
    {
        ["single"] = (host, _) => host.PublishAsync(1, 3),
        ["single with an id"] = (host, _) => host.Publisher.PublishAsync(WithId(1), Stop),
        ["batch"] = (host, _) =>
            host.Publisher.PublishAsync([.. Enumerable.Range(1, 600).Select(id => TestHost.Renamed(id))], Stop),
        ["batch with and without ids"] = (host, _) =>
            host.Publisher.PublishAsync([WithId(1), TestHost.Renamed(2), WithId(3), WithId(1)], Stop),
        ["transaction"] = (host, database) => CommitAsync(host, database, TestHost.Renamed(1)),
        ["transaction with an id"] = (host, database) => CommitAsync(host, database, WithId(1)),
        ["due at once"] = (host, _) =>
            host.Publisher.PublishAtAsync(TestHost.Renamed(1), DateTimeOffset.UnixEpoch, Stop),
        ["due later"] = async (host, _) =>
        {
            await host.Publisher.PublishAtAsync(
                TestHost.Renamed(1),
                TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(200),
                Stop
            );
            await Eventually.Until(
                async () => (await host.Monitor.GetSnapshotAsync(Stop)).Length == 1,
                cancellationToken: Stop
            );
        },
        ["redriven"] = async (host, _) =>
        {
            await host.PublishAsync(1, 1);
            var admin = host.Services.GetRequiredService<IStreamAdministration>();
            var letter = Assert.Single(
                await Eventually.Until(
                    () => admin.GetDeadLettersAsync(),
                    letters => letters.Count == 1,
                    cancellationToken: Stop
                )
            );
            await admin.RedriveAsync([letter.Position], Stop);
        },
    };

    public static TheoryData<string> WaysToPublish => [.. Ways.Keys];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WaysToPublish))]
    public async Task Every_way_to_publish_announces_each_entry_once_with_its_position_and_its_bytes(string way)
    {
        var stream = TestHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis, stream);
        await using var host = await StartAsync(stream, PubSub);

        await Ways[way](host, redis.Database);

        var expected = await listener.ExpectedAsync();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await listener.HeardAsync());
    }

    [Theory]
    [MemberData(nameof(WaysToPublish))]
    public async Task With_streams_nothing_is_announced(string way)
    {
        var stream = TestHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis, stream);
        await using var host = await StartAsync(stream, []);

        await Ways[way](host, redis.Database);

        Assert.NotEmpty(await listener.ExpectedAsync());
        Assert.Empty(await listener.HeardAsync());
    }

    [Fact]
    public async Task A_message_with_an_id_that_was_published_before_is_not_announced_again()
    {
        var stream = TestHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis, stream);
        await using var host = await StartAsync(stream, PubSub);
        var first = await host.Publisher.PublishAsync(WithId(1), Stop);

        Assert.Equal(first, await host.Publisher.PublishAsync(WithId(1), Stop));
        Assert.Equal([first], await host.Publisher.PublishAsync([WithId(1)], Stop));
        Assert.Equal(first, await CommitAsync(host, redis.Database, WithId(1)));
        await host.Publisher.PublishAtAsync(WithId(1), DateTimeOffset.UnixEpoch, Stop);

        Assert.Equal(await listener.ExpectedAsync(), await listener.HeardAsync());
        Assert.Single(await listener.HeardAsync());
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_announces_nothing()
    {
        var stream = TestHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis, stream);
        await using var host = await StartAsync(stream, PubSub);
        var transaction = redis.Database.CreateTransaction();
        transaction.AddCondition(Condition.KeyExists(BesideStream(host, "missing")));
        var published = host.Publisher.EnlistAsync(transaction, TestHost.Renamed(1));

        Assert.False(await transaction.ExecuteAsync());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => published);
        Assert.Empty(await listener.HeardAsync());
    }

    [Fact]
    public async Task Consumer_groups_get_every_message_as_they_do_with_streams()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream, settings: PubSub);

        var positions = await host.PublishAsync(1, 50);
        await host.DrainedAsync();

        Assert.Equal(positions.Order(), host.Handled.All.Select(delivery => delivery.Position).Order());
    }

    internal static async Task<MessagePosition> CommitAsync(TestHost host, IDatabase database, Publication publication)
    {
        var transaction = database.CreateTransaction();
        _ = transaction.StringSetAsync(BesideStream(host, publication.Subject), "changed");
        var published = host.Publisher.EnlistAsync(transaction, publication);
        Assert.True(await transaction.ExecuteAsync());
        return await published;
    }

    // A transaction of a cluster has one slot.
    private static string BesideStream(TestHost host, string name) =>
        $"{{{host.Services.GetRequiredService<StreamContext>().Keys.StreamName}}}:test:{name}";

    private static Publication WithId(int id) => TestHost.Renamed(id) with { MessageId = $"id-{id}" };

    // Its group gives every message up at once, so that there are dead letters to redrive.
    private Task<TestHost> StartAsync(string stream, Dictionary<string, string?> settings) =>
        TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, _) => throw new InvalidOperationException("refused"),
            settings: new(settings) { ["Streams:MaxDeliveries"] = "1" }
        );
}
