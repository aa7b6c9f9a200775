using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.PubSub.Tests;

/// <summary>What goes out on the channel, by what a plain Redis client hears.</summary>
public sealed class AnnouncementTests(RedisFixture redis)
{
    private static readonly PublishingScript Script = new("return {publish(), 'done'}");

    private static readonly Dictionary<string, Func<PubSubHost, IDatabase, string, Task>> Ways = new()
    {
        ["single"] = (host, _, _) => host.PublishAsync(1, 3),
        ["single with an id"] = (host, _, _) => host.Publisher.PublishAsync(PubSubHost.RenamedOnce(1), Stop),
        ["script"] = (host, _, _) => host.Publisher.PublishAsync(Script, PubSubHost.Renamed(1), [], [], Stop),
        ["batch"] = (host, _, _) =>
            host.Publisher.PublishAsync([.. Enumerable.Range(1, 600).Select(PubSubHost.Renamed)], Stop),
        ["batch with and without ids"] = (host, _, _) =>
            host.Publisher.PublishAsync(
                [
                    PubSubHost.RenamedOnce(1),
                    PubSubHost.Renamed(2),
                    PubSubHost.RenamedOnce(3),
                    PubSubHost.RenamedOnce(1),
                ],
                Stop
            ),
        ["empty batch"] = async (host, _, _) =>
        {
            await host.Publisher.PublishAsync([], Stop);
            await host.PublishAsync(1, 1);
        },
        ["transaction"] = (host, database, stream) => host.CommitAsync(database, stream, PubSubHost.Renamed(1)),
        ["transaction with an id"] = (host, database, stream) =>
            host.CommitAsync(database, stream, PubSubHost.RenamedOnce(1)),
    };

    public static TheoryData<string> WaysToPublish => [.. Ways.Keys];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WaysToPublish))]
    public async Task Every_way_to_publish_announces_each_entry_once_with_its_position_and_its_bytes(string way)
    {
        var stream = PubSubHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis.Connection, stream);
        await using var host = await PubSubHost.StartAsync(redis.Server, stream);

        await Ways[way](host, redis.Database, stream);

        var expected = await listener.ExpectedAsync();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await listener.HeardAsync());
    }

    /// <summary>They do not pass the publisher when they come to the stream.</summary>
    [Fact]
    public async Task Delayed_messages_are_not_announced()
    {
        var stream = PubSubHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis.Connection, stream);
        await using var host = await PubSubHost.StartAsync(redis.Server, stream);

        await host.Publisher.PublishAtAsync(PubSubHost.Renamed(1), DateTimeOffset.UnixEpoch, Stop);

        Assert.Single(await listener.ExpectedAsync());
        Assert.Empty(await listener.HeardAsync());
    }

    /// <summary>The publisher does not learn that it added nothing.</summary>
    [Fact]
    public async Task A_message_with_an_id_that_was_published_before_is_announced_again_as_it_is_in_the_stream()
    {
        var stream = PubSubHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis.Connection, stream);
        await using var host = await PubSubHost.StartAsync(redis.Server, stream);
        var first = await host.Publisher.PublishAsync(PubSubHost.RenamedOnce(1), Stop);

        Assert.Equal(first, await host.Publisher.PublishAsync(PubSubHost.RenamedOnce(1), Stop));
        Assert.Equal([first], await host.Publisher.PublishAsync([PubSubHost.RenamedOnce(1)], Stop));
        Assert.Equal(first, await host.CommitAsync(redis.Database, stream, PubSubHost.RenamedOnce(1)));

        var entry = Assert.Single(await listener.ExpectedAsync());
        Assert.Equal([entry, entry, entry, entry], await listener.HeardAsync());
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_announces_nothing()
    {
        var stream = PubSubHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis.Connection, stream);
        await using var host = await PubSubHost.StartAsync(redis.Server, stream);
        var transaction = redis.Database.CreateTransaction();
        transaction.AddCondition(Condition.KeyExists($"{{{stream}}}:test:missing"));
        var published = host.Publisher.EnlistAsync(transaction, PubSubHost.Renamed(1));

        Assert.False(await transaction.ExecuteAsync());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => published);
        Assert.Empty(await listener.HeardAsync());
    }

    [Fact]
    public async Task What_a_batch_has_added_before_it_fails_is_announced()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        await using var connection = await server.ConnectAsync(admin: true);
        var stream = PubSubHost.NewStream();
        var listener = await ChannelListener.StartAsync(connection, stream);
        await using var host = await PubSubHost.StartAsync(server, stream);
        await host.PublishAsync(0, 1);

        // Capacity for the first chunks only.
        var memory = (string)(await connection.GetDatabase().ExecuteAsync("INFO", "memory"))!;
        var used = memory.Split('\n').Single(line => line.StartsWith("used_memory:", StringComparison.Ordinal))[12..];
        var limit = long.Parse(used, CultureInfo.InvariantCulture) + (8 * 1024 * 1024);
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", limit);
        var large = Enumerable
            .Range(1, 60)
            .Select(id => new Publication(
                new CompanyUpdated { CompanyId = id, Name = new string('x', 600 * 1024) },
                $"company/{id}",
                "large"
            ))
            .ToArray();

        var failed = await Assert.ThrowsAsync<StreamPublishException>(() => host.Publisher.PublishAsync(large, Stop));

        Assert.NotEmpty(failed.Confirmed);
        var expected = await listener.ExpectedAsync();
        Assert.Equal(1 + failed.Confirmed.Count, expected.Count);
        Assert.Equal(expected, await listener.HeardAsync());
    }

    [Fact]
    public async Task What_is_refused_announces_nothing_with_the_rest_of_the_transaction()
    {
        var stream = PubSubHost.NewStream();
        var listener = await ChannelListener.StartAsync(redis.Connection, stream);
        await using var host = await PubSubHost.StartAsync(redis.Server, stream);
        await host.PublishAsync(1, 1);
        var transaction = redis.Database.CreateTransaction();
        _ = transaction.StringSetAsync($"{{{stream}}}:test:state", "changed");

        Assert.Throws<ArgumentException>(() =>
        {
            _ = host.Publisher.EnlistAsync(transaction, PubSubHost.Renamed(2) with { MessageId = "" });
        });

        Assert.True(await transaction.ExecuteAsync());
        Assert.Single(await listener.HeardAsync());
    }

    [Fact]
    public async Task Consumer_groups_get_every_message_as_they_do_with_streams()
    {
        var handled = new Recorder();
        await using var host = await PubSubHost.StartAsync(
            redis.Server,
            PubSubHost.NewStream(),
            streams => streams.AddStreamConsumer("g").HandleEveryMessage<Recorder>(),
            services: services => services.AddSingleton(handled)
        );

        var positions = await host.PublishAsync(1, 50);
        await host.DrainedAsync();

        Assert.Equal(positions.Order(), handled.Positions.Order());
    }

    private sealed class Recorder : IStreamMessageHandler
    {
        private readonly Lock _gate = new();

        public List<MessagePosition> Positions { get; } = [];

        public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                Positions.Add(delivery.Position);
            }

            return Task.CompletedTask;
        }
    }
}
