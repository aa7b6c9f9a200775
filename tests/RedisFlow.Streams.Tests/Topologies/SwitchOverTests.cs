using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests.Topologies;

/// <summary>
/// Publishing and consuming go on within seconds when another server becomes the master, and a tail tells no gap where
/// nothing was lost. https://github.com/StackExchange/StackExchange.Redis/issues/2264
/// https://github.com/Azure/aspnet-redis-providers/issues/130
/// </summary>
[Trait("Suite", "Reported faults")]
public sealed class SwitchOverTests
{
    /// <summary>The client by itself looks for the master once a minute.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failover_to_the_replica_and_back_costs_seconds_and_no_message()
    {
        await using var pair = await RedisPair.StartAsync(Cancellation);
        await using var scene = await Scene.StartAsync(pair);

        await RedisPair.FailOverAsync(pair.First, pair.Second, Cancellation);
        await scene.GoesOnAsync(Seconds);
        await RedisPair.FailOverAsync(pair.Second, pair.First, Cancellation);
        await scene.GoesOnAsync(Seconds);

        await scene.HasAllAsync();
    }

    [Fact]
    public async Task A_primary_that_died_and_returns_as_a_replica_disturbs_nothing()
    {
        await using var pair = await RedisPair.StartAsync(Cancellation);
        await using var scene = await Scene.StartAsync(pair);
        await pair.First.UntilReplicatedAsync(pair.Second, Cancellation);

        await pair.First.KillAsync();
        await pair.Second.AskAsync(["REPLICAOF", "NO", "ONE"], Cancellation);
        await scene.GoesOnAsync(Seconds);
        await pair.First.RestartAsReplicaAsync(pair.Second, Cancellation);
        await scene.GoesOnAsync(Seconds);

        await scene.HasAllAsync();
    }

    [Fact]
    public async Task A_failover_by_Sentinels_costs_seconds_and_no_message()
    {
        await using var sentinels = await RedisSentinels.StartAsync(cancellationToken: Cancellation);
        await using var scene = await Scene.StartAsync(sentinels);
        await sentinels.Primary.UntilReplicatedAsync(sentinels.Replica, Cancellation);

        await sentinels.Primary.KillAsync();
        await sentinels.UntilPrimaryIsAsync(sentinels.Replica, Cancellation);
        await scene.GoesOnAsync(Seconds);

        await scene.HasAllAsync();
    }

    [Fact]
    public async Task The_death_of_a_clusters_master_costs_seconds_and_no_message()
    {
        await using var cluster = await RedisCluster.StartAsync(TimeSpan.FromSeconds(1), Cancellation);
        await using var scene = await Scene.StartAsync(cluster);
        var owner = await cluster.OwnerOfAsync(scene.Keys.Stream, Cancellation);
        var replica = await cluster.ReplicaOfAsync(owner, Cancellation);
        await owner.UntilReplicatedAsync(replica, Cancellation);

        await owner.KillAsync();
        await cluster.UntilPromotedAsync(replica, Cancellation);
        await scene.GoesOnAsync(Seconds);

        await scene.HasAllAsync();
    }

    [Fact]
    public async Task A_slot_that_moves_and_a_failover_under_load_cost_no_message()
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Cancellation);
        await using var scene = await Scene.StartAsync(cluster);
        using var end = new CancellationTokenSource();
        var load = scene.PublishUntilAsync(end.Token);

        var target = cluster
            .Nodes.Take(3)
            .First(node => node != cluster.OwnerOfAsync(scene.Keys.Stream, Cancellation).Result);
        await cluster.MoveSlotAsync(scene.Keys.Stream, target, Cancellation);
        await scene.GoesOnAsync(Seconds);
        await cluster.FailOverAsync(await cluster.ReplicaOfAsync(target, Cancellation), Cancellation);
        await scene.GoesOnAsync(Seconds);
        await end.CancelAsync();
        await load;

        await scene.HasAllAsync();
    }

    /// <summary>A publisher, a worker and a tail, and what was confirmed to the publisher.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly TestHost _host;
        private readonly TailTests.Observer _observer;
        private readonly List<MessagePosition> _confirmed = [];
        private int _last;

        private Scene(TestHost host, TailTests.Observer observer, string stream)
        {
            _host = host;
            _observer = observer;
            Keys = new StreamKeys(stream);
        }

        public StreamKeys Keys { get; }

        public static async Task<Scene> StartAsync(RedisDeployment redis)
        {
            var observer = new TailTests.Observer();
            var stream = TestHost.NewStream();
            var scene = new Scene(
                await TestHost.StartAsync(
                    TestHost.Build(
                        redis,
                        stream,
                        streams: streams =>
                            streams.AddStreamTail("g").AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                        services: services => services.AddSingleton<IStreamTailObserver>(observer)
                    )
                ),
                observer,
                stream
            );
            await scene.GoesOnAsync(Eventually.DefaultLimit);
            return scene;
        }

        /// <summary>Publishes one after the other, again where it fails.</summary>
        public async Task PublishUntilAsync(CancellationToken end)
        {
            while (!end.IsCancellationRequested)
            {
                await PublishAsync(Seconds);
            }
        }

        /// <summary>Within the limit, a message can be published and reaches the worker and the tail.</summary>
        public async Task GoesOnAsync(TimeSpan limit)
        {
            var position = await PublishAsync(limit);
            await Eventually.Until(
                () =>
                    _host.Handled.All.Any(delivery => delivery.Position == position)
                    && _host.Tail.AppliedPosition >= position,
                limit,
                Cancellation
            );
        }

        /// <summary>All that was confirmed was handled and heard, and the tail noticed no gap.</summary>
        public async Task HasAllAsync()
        {
            await _host.DrainedAsync();
            Assert.Empty(_confirmed.Except(_host.Handled.All.Select(delivery => delivery.Position)));
            await Eventually.Until(
                () => _host.Tail.AppliedPosition >= _confirmed.Max(),
                cancellationToken: Cancellation
            );
            Assert.Empty(_confirmed.Except(_observer.Messages.Select(message => message.Position)));
            Assert.Single(_observer.Starts);
        }

        public ValueTask DisposeAsync() => _host.DisposeAsync();

        private async Task<MessagePosition> PublishAsync(TimeSpan limit)
        {
            var publication = TestHost.Renamed(Interlocked.Increment(ref _last));
            var position = await Eventually.Until(
                () => _host.Publisher.PublishAsync(publication, Cancellation),
                _ => true,
                limit,
                Cancellation
            );
            lock (_confirmed)
            {
                _confirmed.Add(position);
            }

            return position;
        }
    }
}
