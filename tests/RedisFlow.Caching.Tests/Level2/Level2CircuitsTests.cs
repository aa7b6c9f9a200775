using System.Diagnostics;
using System.Globalization;
using System.Net;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>The entries in Redis while one master of a cluster fails.</summary>
public sealed class Level2CircuitsTests
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
            new TestStream(), connection, ServiceNames.New(), configure: options => options.RedisTimeout = TimeSpan.FromSeconds(2));
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
        await SignalAsync(silent, "-STOP");
        try
        {
            await Eventually.Until(
                async () =>
                {
                    Assert.Null(await instance.Level2.ReadAsync(lost));
                    return instance.Level2.Circuit;
                },
                state => state == Level2CircuitState.Open,
                cancellationToken: Cancellation);

            // It is passed by, without a wait, and no other one is.
            Assert.True(instance.Level2.ReadAsync(lost).IsCompletedSuccessfully);
            foreach (var (_, key) in keys.Where(owned => owned.Key != silent))
            {
                Assert.NotNull(await instance.Level2.ReadAsync(key));
            }
        }
        finally
        {
            await SignalAsync(silent, "-CONT");
        }
    }

    [Fact]
    public async Task A_master_that_has_lost_its_slots_does_not_count()
    {
        await using var cluster = await RedisCluster.StartAsync(TimeSpan.FromSeconds(2), Cancellation);
        using var connection = await cluster.ConnectAsync();
        var service = ServiceNames.New();
        await using var instance = new TestInstance(new TestStream(), connection, service, configure: options => options.RedisTimeout = TimeSpan.FromSeconds(2));
        var owner = await cluster.OwnerOfAsync($"{service}:1:k", Cancellation);
        var replica = await cluster.ReplicaOfAsync(owner, Cancellation);
        await owner.KillAsync();
        await Eventually.Until(() => CircuitAfterReadAsync(instance), state => state == Level2CircuitState.Open, cancellationToken: Cancellation);

        await cluster.UntilPromotedAsync(replica, Cancellation);

        // The cache reads nothing until the client knows: the dead master's circuit is not asked any more.
        await Eventually.Until(
            async () =>
            {
                await connection.GetDatabase().StringGetAsync($"{service}:1:k", CommandFlags.DemandMaster);
                var view = connection.GetServers().First(server => server.IsConnected && server.ClusterConfiguration is not null).ClusterConfiguration!;
                return view.GetBySlot(connection.HashSlot($"{service}:1:k"))?.EndPoint is IPEndPoint endpoint && endpoint.Port == replica.Port;
            },
            cancellationToken: Cancellation);

        await Eventually.Until(() => CircuitAfterReadAsync(instance), state => state == Level2CircuitState.Closed, cancellationToken: Cancellation);
    }

    private static async Task<Level2CircuitState> CircuitAfterReadAsync(TestInstance instance)
    {
        // Past the age of the view of the cluster.
        instance.Time.Advance(TimeSpan.FromSeconds(1.1));
        await instance.Level2.ReadAsync("k");
        return instance.Level2.Circuit;
    }

    private static async Task FillAsync(TestInstance instance, string key)
    {
        var now = DateTimeOffset.UtcNow;
        var entry = new Level2Entry(new MessagePosition(10, 0), now, now.AddMinutes(5), [], IsNull: false, "x"u8.ToArray());
        await instance.Level2.FillAsync(key, entry, instance.Time.GetTimestamp());
    }

    private static async Task SignalAsync(RedisServer server, string signal)
    {
        using var kill = Process.Start("kill", [signal, server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancellation);
    }
}
