using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using RedisFlow.Caching.L2;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>The entries in Redis while one master of a cluster fails.</summary>
public sealed class L2CircuitsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_one_master_is_silent_the_entries_of_the_others_are_read()
    {
        // No replica takes over: the silence lasts.
        await using var cluster = await RedisCluster.StartAsync(TimeSpan.FromMinutes(5), Cancellation);
        using var connection = await cluster.ConnectAsync();

        // Long enough for a pause of the machine.
        await using var instance = new TestInstance(
            new TestStream(),
            connection,
            ServiceNames.New(),
            configure: options => options.RedisTimeout = TimeSpan.FromSeconds(2)
        );
        var keys = new Dictionary<RedisServer, string>();
        for (var i = 0; keys.Count < 3; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"k{i}");
            await FillAsync(instance, key);
            var owner = cluster.Nodes.Take(3).Where(node => !keys.ContainsKey(node));
            foreach (var node in owner)
            {
                if ((await node.AskAsync(["KEYS", $"*:{key}"], Cancellation)).Length > 0)
                {
                    keys[node] = key;
                }
            }
        }

        var (silent, lost) = keys.First();
        await ProcessSignal.SendAsync("STOP", silent.ProcessId, Cancellation);
        try
        {
            await Eventually.Until(
                async () =>
                {
                    Assert.Null(await instance.L2.ReadAsync(lost));
                    return instance.L2.Circuit;
                },
                state => state == L2CircuitState.Open,
                cancellationToken: Cancellation
            );

            // It is passed by, without a wait, and no other one is.
            Assert.True(instance.L2.ReadAsync(lost).IsCompletedSuccessfully);
            foreach (var (_, key) in keys.Where(owned => owned.Key != silent))
            {
                Assert.NotNull(await instance.L2.ReadAsync(key));
            }
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", silent.ProcessId, Cancellation);
        }
    }

    [Fact]
    public async Task A_master_that_has_lost_its_slots_does_not_count()
    {
        await using var cluster = await RedisCluster.StartAsync(TimeSpan.FromSeconds(2), Cancellation);
        using var connection = await cluster.ConnectAsync();
        var service = ServiceNames.New();
        await using var instance = new TestInstance(
            new TestStream(),
            connection,
            service,
            configure: options => options.RedisTimeout = TimeSpan.FromSeconds(2)
        );
        var owner = await cluster.OwnerOfAsync($"{service}:1:k", Cancellation);
        var replica = await cluster.ReplicaOfAsync(owner, Cancellation);
        await owner.KillAsync();
        await Eventually.Until(
            () => CircuitAfterReadAsync(instance),
            state => state == L2CircuitState.Open,
            cancellationToken: Cancellation
        );

        await cluster.UntilPromotedAsync(replica, Cancellation);

        // The cache reads nothing until the client knows: the dead master's circuit is not asked any more.
        await Eventually.Until(
            async () =>
            {
                await connection.GetDatabase().StringGetAsync($"{service}:1:k", CommandFlags.DemandMaster);
                var view = connection
                    .GetServers()
                    .First(server => server.IsConnected && server.ClusterConfiguration is not null)
                    .ClusterConfiguration!;
                return view.GetBySlot(connection.HashSlot($"{service}:1:k"))?.EndPoint is IPEndPoint endpoint
                    && endpoint.Port == replica.Port;
            },
            cancellationToken: Cancellation
        );

        await Eventually.Until(
            () => CircuitAfterReadAsync(instance),
            state => state == L2CircuitState.Closed,
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task While_one_master_is_silent_the_group_writes_the_tombstones_of_the_others()
    {
        await using var cluster = await RedisCluster.StartAsync(TimeSpan.FromMinutes(5), Cancellation);
        var stream = $"test:{Guid.NewGuid():N}";
        var service = ServiceNames.New();
        await using var host = await CacheHost.StartAsync(
            cluster,
            stream,
            service,
            redisTimeout: TimeSpan.FromSeconds(1)
        );
        var owner = await cluster.OwnerOfAsync($"{{{stream}}}:stream", Cancellation);
        var silent = cluster.Nodes.Take(3).First(node => node != owner);
        var lost = new List<int>();
        var living = new List<int>();
        for (var company = 1; lost.Count < 20 || living.Count < 40; company++)
        {
            var isLost = await cluster.OwnerOfAsync($"{service}:1:company:{company}", Cancellation) == silent;
            (isLost ? lost : living).Add(company);
        }

        using var retries = new RetryCounter(stream);
        await ProcessSignal.SendAsync("STOP", silent.ProcessId, Cancellation);
        try
        {
            await PublishAsync(host, lost);

            // Each of them failed, as often as a circuit would need to open several times.
            await Eventually.Until(
                () => Task.FromResult(retries.Count),
                count => count >= lost.Count,
                cancellationToken: Cancellation
            );
            await PublishAsync(host, living);

            // What is acknowledged has its tombstone.
            await Eventually.Until(
                () => PendingAsync(host),
                pending => pending == lost.Count,
                cancellationToken: Cancellation
            );
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", silent.ProcessId, Cancellation);
        }

        await Eventually.Until(() => PendingAsync(host), pending => pending == 0, cancellationToken: Cancellation);
    }

    private static async Task PublishAsync(CacheHost host, List<int> companies) =>
        await Task.WhenAll(
            companies.Select(company => host.Publisher.PublishAsync(CacheHost.Renamed(company), Cancellation))
        );

    private static async Task<long> PendingAsync(CacheHost host) =>
        (await host.Monitor.GetSnapshotAsync(Cancellation)).Groups.Single() is { Pending: var pending, Lag: 0 }
            ? pending
            : -1;

    private static async Task<L2CircuitState> CircuitAfterReadAsync(TestInstance instance)
    {
        // Past the age of the view of the cluster.
        instance.Time.Advance(TimeSpan.FromSeconds(1.1));
        await instance.L2.ReadAsync("k");
        return instance.L2.Circuit;
    }

    private static async Task FillAsync(TestInstance instance, string key)
    {
        var now = DateTimeOffset.UtcNow;
        var entry = new L2Entry(new MessagePosition(10, 0), now, now.AddMinutes(5), [], IsNull: false, "x"u8.ToArray());
        await instance.L2.FillAsync(key, entry, instance.Time.GetTimestamp());
    }

    /// <summary>Counts the retries of a stream's groups.</summary>
    private sealed class RetryCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public RetryCounter(string stream)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "redisflow.stream.retried")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, count, tags, _) =>
                {
                    foreach (var tag in tags)
                    {
                        if (stream.Equals(tag.Value))
                        {
                            Interlocked.Add(ref _count, count);
                        }
                    }
                }
            );
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
