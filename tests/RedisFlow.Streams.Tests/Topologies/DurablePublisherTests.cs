using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Redis;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests.Topologies;

/// <summary>A durable publisher says that a message is safe only when the replicas have it.</summary>
public sealed class DurablePublisherTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private RedisPair? _pair;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisServer Primary => _pair!.First;

    private RedisServer Replica => _pair!.Second;

    public async ValueTask InitializeAsync() => _pair = await RedisPair.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => _pair!.DisposeAsync();

    [Fact]
    public async Task What_is_confirmed_survives_the_primary()
    {
        await using var host = Host(Long);

        var alone = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => Durable(host).PublishAsync(TestHost.Renamed(i), Cancellation))
        );
        var batch = await Durable(host)
            .PublishAsync([.. Enumerable.Range(0, 600).Select(i => TestHost.Renamed(i))], Cancellation);
        var id = await Durable(host)
            .PublishAtAsync(TestHost.Renamed(1), DateTimeOffset.UtcNow.AddDays(1), Cancellation);
        await Primary.KillAsync();

        Assert.Empty(alone.Concat(batch).Except(await PositionsAsync(Replica)));
        Assert.Equal([id], await Replica.AskAsync(["ZRANGE", Keys.Delayed, "0", "-1"], Cancellation));
    }

    [Fact]
    public async Task Without_the_replica_the_exception_says_where_the_message_is_and_publishing_again_confirms_it()
    {
        await using var host = Host(TimeSpan.FromMilliseconds(100));
        var publication = TestHost.Renamed(1) with { MessageId = "order-42/paid" };
        using var counted = new Counter();
        await Primary.CutReplicasOffAsync(Cancellation);

        var failed = await Assert.ThrowsAsync<StreamDurabilityException>(() =>
            Durable(host).PublishAsync(publication, Cancellation)
        );

        Assert.Equal(
            (0, 1, TimeSpan.FromMilliseconds(100), (bool?)null),
            (failed.Replicas, failed.RequiredReplicas, failed.Timeout, failed.IsFsynced)
        );
        Assert.Equal((0, 1), (failed.Confirmed.Count, failed.UncertainCount));
        Assert.Equal(await PositionsAsync(Primary), failed.Positions);
        Assert.Contains(
            $"The message {failed.Positions.Single()} is in the stream, but 0 of 1 replicas",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.True(RedisFaults.IsInfrastructure(failed));
        Assert.Equal(1, counted.Value);

        // Still not: the message is there, and the replica has it no more than before.
        await Assert.ThrowsAsync<StreamDurabilityException>(() =>
            Durable(host).PublishAsync(publication, Cancellation)
        );
        await Primary.AcceptReplicasAsync(Cancellation);
        var position = await Eventually.Until(
            () => Durable(host).PublishAsync(publication, Cancellation),
            _ => true,
            cancellationToken: Cancellation
        );

        Assert.Equal([position], failed.Positions);
        Assert.Equal([position], await PositionsAsync(Replica));
    }

    [Fact]
    public async Task A_batch_that_is_not_confirmed_is_uncertain_as_a_whole()
    {
        await using var host = Host(TimeSpan.FromMilliseconds(100));
        await Primary.CutReplicasOffAsync(Cancellation);

        var failed = await Assert.ThrowsAsync<StreamDurabilityException>(() =>
            Durable(host).PublishAsync([.. Enumerable.Range(0, 300).Select(i => TestHost.Renamed(i))], Cancellation)
        );

        Assert.Equal(await PositionsAsync(Primary), failed.Positions);
        Assert.Equal((0, 300), (failed.Confirmed.Count, failed.UncertainCount));
        Assert.Empty(await Durable(host).PublishAsync([], Cancellation));
    }

    [Fact]
    public async Task A_batch_that_fails_in_between_is_uncertain_up_to_there()
    {
        await using var host = Host(Long);
        await Durable(host).PublishAsync(TestHost.Renamed(0), Cancellation);
        var used = (await Primary.AskAsync(["INFO", "memory"], Cancellation))[0]
            .Split('\n')
            .Single(line => line.StartsWith("used_memory:", StringComparison.Ordinal));
        var limit = long.Parse(used.Split(':')[1], CultureInfo.InvariantCulture) + (20 * 1024 * 1024);
        await Primary.AskAsync(
            ["CONFIG", "SET", "maxmemory", limit.ToString(CultureInfo.InvariantCulture)],
            Cancellation
        );
        var large = Enumerable
            .Range(0, 60)
            .Select(id => new Publication(
                new CompanyUpdated { CompanyId = id, Name = new string('x', (BatchPublisher.ChunkBytes / 2) + 1) },
                $"company/{id}",
                "large"
            ))
            .ToArray();

        var failed = await Assert.ThrowsAsync<StreamPublishException>(() =>
            Durable(host).PublishAsync(large, Cancellation)
        );

        // One before the batch, and none of the chunk that was refused.
        Assert.InRange(failed.UncertainCount, 2, 59);
        Assert.Equal((0, failed.UncertainCount), (failed.Confirmed.Count, (await PositionsAsync(Primary)).Length));
        Assert.True(RedisFaults.IsInfrastructure(failed), failed.ToString());
    }

    [Fact]
    public async Task The_clients_own_limit_does_not_end_a_confirmation()
    {
        await using var host = Host(
            TimeSpan.FromSeconds(5),
            settings: new() { ["ConnectionStrings:redis"] = $"{Primary.ConnectionString},asyncTimeout=2000" }
        );
        await Durable(host).PublishAsync(TestHost.Renamed(0), Cancellation);
        await Primary.CutReplicasOffAsync(Cancellation);

        var first = Durable(host).PublishAsync(TestHost.Renamed(1), Cancellation);
        await UntilWaitingAsync(Primary);
        var second = Durable(host).PublishAsync(TestHost.Renamed(2), Cancellation);

        Assert.Equal(0, (await Assert.ThrowsAsync<StreamDurabilityException>(() => first)).Replicas);
        Assert.Equal(0, (await Assert.ThrowsAsync<StreamDurabilityException>(() => second)).Replicas);
    }

    [Fact]
    public async Task A_message_that_another_publisher_has_published_is_confirmed_only_once_the_replica_has_it()
    {
        await using var host = Host(TimeSpan.FromMilliseconds(100));
        var publication = TestHost.Renamed(1) with { MessageId = "order-42/paid" };
        await Eventually.Until(
            () => Durable(host).PublishAsync(TestHost.Renamed(0), Cancellation),
            _ => true,
            cancellationToken: Cancellation
        );

        // A replica that is attached and takes nothing.
        await using (await Frozen.BeginAsync(Replica))
        {
            var position = await host.Publisher.PublishAsync(publication, Cancellation);
            var other = Host(TimeSpan.FromMilliseconds(100), "other");
            await using (other)
            {
                foreach (var publisher in new[] { Durable(host), Durable(other) })
                {
                    var failed = await Assert.ThrowsAsync<StreamDurabilityException>(() =>
                        publisher.PublishAsync(publication, Cancellation)
                    );
                    Assert.Equal((0, position), (failed.Replicas, failed.Positions.Single()));
                }
            }
        }
    }

    [Fact]
    public async Task Publishers_at_the_same_time_share_confirmations_and_a_plain_one_waits_for_none()
    {
        await using var host = Host(Long);
        await Durable(host).PublishAsync(TestHost.Renamed(0), Cancellation);
        await host.Publisher.PublishAsync(TestHost.Renamed(0), Cancellation);
        Task<MessagePosition> first;
        Task<MessagePosition>[] others;
        long before;
        await using (await Frozen.BeginAsync(Replica))
        {
            first = Durable(host).PublishAsync(TestHost.Renamed(1), Cancellation);
            await UntilWaitingAsync(Primary);
            before = await CallsAsync(Primary, "wait");
            others =
            [
                .. Enumerable.Range(2, 500).Select(i => Durable(host).PublishAsync(TestHost.Renamed(i), Cancellation)),
            ];

            await host.Publisher.PublishAsync(TestHost.Renamed(1), Cancellation).WaitAsync(Long / 2, Cancellation);
            Assert.False(first.IsCompleted);
        }

        Assert.Equal(501, (await Task.WhenAll([first, .. others])).Distinct().Count());
        Assert.InRange(await CallsAsync(Primary, "wait") - before, 1, 50);
    }

    [Fact]
    public async Task A_connection_that_breaks_between_a_publish_and_its_confirmation_confirms_nothing()
    {
        using var connection = await ConfirmingConnection.OpenAsync(
            Primary.ConnectionString,
            "test",
            Keys,
            new() { Timeout = Long },
            Cancellation
        );
        await connection.SendAsync(
            database => database.StreamAddAsync(Keys.Stream, "data", "x", flags: connection.Flags),
            Cancellation
        );
        Assert.Equal(1, (await connection.ConfirmAsync(Cancellation)).Replicas);
        await connection.SendAsync(
            database => database.StreamAddAsync(Keys.Stream, "data", "y", flags: connection.Flags),
            Cancellation
        );

        await KillAsync(Primary, "name=durable-");

        // The client opens another one by itself, with the replica attached.
        await Eventually.Until(
            async () => await connection.SendAsync(database => database.PingAsync(connection.Flags), Cancellation),
            _ => true,
            cancellationToken: Cancellation
        );
        Assert.True(connection.IsBroken);
        await Assert.ThrowsAsync<RedisConnectionException>(() => connection.ConfirmAsync(Cancellation));
    }

    [Fact]
    public async Task A_connection_that_breaks_during_the_confirmation_confirms_nothing_and_the_next_call_opens_one()
    {
        await using var host = Host(Long);
        await Durable(host).PublishAsync(TestHost.Renamed(0), Cancellation);
        Task<MessagePosition> published;
        await using (await Frozen.BeginAsync(Replica))
        {
            published = Durable(host).PublishAsync(TestHost.Renamed(1), Cancellation);
            await UntilWaitingAsync(Primary);
            await KillAsync(Primary, "cmd=wait ");
            var failed = await Assert.ThrowsAsync<StreamDurabilityException>(() => published);
            Assert.Null(failed.Replicas);
            Assert.Equal((await PositionsAsync(Primary))[1], failed.Positions.Single());
        }

        await Durable(host).PublishAsync(TestHost.Renamed(2), Cancellation);
    }

    [Fact]
    public async Task The_end_of_the_application_ends_a_confirmation()
    {
        Task<MessagePosition> published;
        await using (await Frozen.BeginAsync(Replica))
        {
            await using (var host = Host(Long))
            {
                published = Durable(host).PublishAsync(TestHost.Renamed(1), Cancellation);
                await UntilWaitingAsync(Primary);
            }

            await Assert.ThrowsAsync<StreamDurabilityException>(() => published.WaitAsync(Long / 2, Cancellation));
        }
    }

    [Fact]
    public async Task While_there_is_no_primary_nothing_is_sent_and_that_is_said()
    {
        await using var host = Host(Long);
        await Primary.KillAsync();

        var failed = await Assert.ThrowsAsync<StreamPublishException>(() =>
            Durable(host).PublishAsync(TestHost.Renamed(1), Cancellation)
        );

        Assert.Equal(0, failed.UncertainCount);
        Assert.True(RedisFaults.IsInfrastructure(failed), failed.ToString());
    }

    [Fact]
    public async Task The_disk_is_waited_for_where_the_server_can_tell_and_else_nothing_is_published()
    {
        await using var host = Host(
            TimeSpan.FromSeconds(10),
            settings: new() { ["Streams:Durability:Fsync"] = "true" }
        );
        var publish = Durable(host).PublishAsync(TestHost.Renamed(1), Cancellation);
        if (RedisTiers.Current != RedisTier.Distribution)
        {
            Assert.Equal([await publish], await PositionsAsync(Replica));
            await Primary.AskAsync(["CONFIG", "SET", "appendonly", "no"], Cancellation);
            await Assert.ThrowsAsync<StreamDurabilityException>(() =>
                Durable(host).PublishAsync(TestHost.Renamed(2), Cancellation)
            );
        }
        else
        {
            var failed = await Assert.ThrowsAsync<StreamPublishException>(() => publish);
            Assert.Contains("WAITAOF", failed.Message, StringComparison.Ordinal);
            Assert.Equal((0, 0), (failed.UncertainCount, (await PositionsAsync(Primary)).Length));
        }
    }

    /// <summary>
    /// Replication is cut off 1.5 s before the primary dies: what was confirmed until then is there, and nothing after
    /// it was confirmed.
    /// </summary>
    [Fact]
    public async Task A_replica_that_is_cut_off_before_the_primary_dies_loses_nothing_that_was_confirmed()
    {
        await using var host = Host(TimeSpan.FromMilliseconds(200));
        var confirmed = new ConcurrentBag<MessagePosition>();
        var refused = new ConcurrentBag<MessagePosition>();
        using var end = new CancellationTokenSource();
        var load = Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => PublishUntilAsync(Durable(host), i, confirmed, refused, end.Token))
        );
        await Eventually.Until(() => confirmed.Count > 1000, cancellationToken: Cancellation);

        await Primary.CutReplicasOffAsync(Cancellation);
        await Task.Delay(TimeSpan.FromMilliseconds(1500), Cancellation);
        await end.CancelAsync();
        await Primary.KillAsync();
        await load;
        await Replica.AskAsync(["REPLICAOF", "NO", "ONE"], Cancellation);

        var there = await PositionsAsync(Replica);
        Assert.Empty(confirmed.Except(there));
        Assert.NotEmpty(refused.Except(there));
    }

    [Fact]
    public async Task A_slot_that_moves_during_a_confirmation_confirms_nothing_and_publishing_goes_on()
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Cancellation);

        // Long enough for the move. Redis 8.6 does not end a WAIT early for a replica that was accepted after its
        // begin.
        await using var host = TestHost.Build(
            cluster,
            Keys.StreamName,
            settings: new() { ["Streams:Durability:Timeout"] = "00:00:10" }
        );
        await Durable(host).PublishAsync(TestHost.Renamed(0), Cancellation);
        var owner = await cluster.OwnerOfAsync(Keys.Stream, Cancellation);
        await owner.CutReplicasOffAsync(Cancellation);

        var published = Durable(host).PublishAsync(TestHost.Renamed(1), Cancellation);
        await UntilWaitingAsync(owner);
        await cluster.MoveSlotAsync(Keys.Stream, cluster.Nodes.Take(3).First(node => node != owner), Cancellation);
        await owner.AcceptReplicasAsync(Cancellation);

        var failed = await Assert.ThrowsAsync<StreamDurabilityException>(() => published);
        Assert.Null(failed.Replicas);
        await Durable(host).PublishAsync(TestHost.Renamed(2), Cancellation);
    }

    [Fact]
    public async Task After_the_death_of_a_clusters_master_publishing_goes_on_and_nothing_that_was_confirmed_is_lost()
    {
        await using var cluster = await RedisCluster.StartAsync(TimeSpan.FromSeconds(1), Cancellation);
        await using var host = TestHost.Build(cluster, Keys.StreamName);
        var confirmed = new ConcurrentBag<MessagePosition>();
        using var end = new CancellationTokenSource();
        var load = Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => PublishUntilAsync(Durable(host), i, confirmed, [], end.Token))
        );
        await Eventually.Until(() => confirmed.Count > 200, cancellationToken: Cancellation);
        var owner = await cluster.OwnerOfAsync(Keys.Stream, Cancellation);
        var replica = await cluster.ReplicaOfAsync(owner, Cancellation);

        await owner.KillAsync();
        await cluster.UntilPromotedAsync(replica, Cancellation);
        await owner.RestartAsync(Cancellation);
        await owner.UntilInSyncAsync(Cancellation);
        var before = confirmed.Count;
        await Eventually.Until(() => confirmed.Count > before + 200, cancellationToken: Cancellation);
        await end.CancelAsync();
        await load;

        Assert.Empty(confirmed.Except(await PositionsAsync(replica)));
    }

    private static StreamKeys Keys { get; } = new("durable");

    private static IDurableStreamPublisher Durable(TestHost host) =>
        host.Services.GetRequiredService<IDurableStreamPublisher>();

    private TestHost Host(TimeSpan timeout, string instance = "a", Dictionary<string, string?>? settings = null) =>
        TestHost.Build(
            Primary,
            Keys.StreamName,
            instance,
            settings: new(settings ?? [])
            {
                ["Streams:Durability:Timeout"] = timeout.ToString("c", CultureInfo.InvariantCulture),
            }
        );

    private static async Task PublishUntilAsync(
        IDurableStreamPublisher publisher,
        int id,
        ConcurrentBag<MessagePosition> confirmed,
        ConcurrentBag<MessagePosition> refused,
        CancellationToken end
    )
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                confirmed.Add(await publisher.PublishAsync(TestHost.Renamed(id), Cancellation));
            }
            catch (StreamDurabilityException exception)
            {
                refused.Add(exception.Positions.Single());
            }
            catch (StreamPublishException)
            {
                // Unknown, too.
            }
        }
    }

    private static async Task<MessagePosition[]> PositionsAsync(RedisServer server)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        return
        [
            .. (await connection.GetDatabase().StreamRangeAsync(Keys.Stream, flags: CommandFlags.PreferReplica)).Select(
                entry => MessagePosition.Parse(entry.Id!)
            ),
        ];
    }

    private static Task<string[]> UntilWaitingAsync(RedisServer server) =>
        Eventually.Until(
            () => server.AskAsync(["CLIENT", "LIST"], Cancellation),
            clients => clients[0].Contains("cmd=wait ", StringComparison.Ordinal),
            cancellationToken: Cancellation
        );

    private static async Task KillAsync(RedisServer server, string client)
    {
        var line = (await server.AskAsync(["CLIENT", "LIST"], Cancellation))[0]
            .Split('\n')
            .Single(line => line.Contains(client, StringComparison.Ordinal));
        await server.AskAsync(["CLIENT", "KILL", "ID", line.Split(' ')[0]["id=".Length..]], Cancellation);
    }

    private static async Task<long> CallsAsync(RedisServer server, string command)
    {
        var line = (await server.AskAsync(["INFO", "commandstats"], Cancellation))[0]
            .Split('\n')
            .Single(line => line.StartsWith($"cmdstat_{command}:", StringComparison.Ordinal));
        return long.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Holds a process up with SIGSTOP until it is disposed: its connections stand, and it does nothing.
    /// </summary>
    private sealed class Frozen : IAsyncDisposable
    {
        private readonly RedisServer _server;

        private Frozen(RedisServer server) => _server = server;

        public static async Task<Frozen> BeginAsync(RedisServer server)
        {
            await ProcessSignal.SendAsync("STOP", server.ProcessId, Cancellation);
            return new Frozen(server);
        }

        public async ValueTask DisposeAsync() =>
            await ProcessSignal.SendAsync("CONT", _server.ProcessId, CancellationToken.None);
    }

    /// <summary>Counts the messages that replicas did not confirm.</summary>
    private sealed class Counter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Counter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "redisflow.stream.unconfirmed")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _value, count));
            _listener.Start();
        }

        public long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
