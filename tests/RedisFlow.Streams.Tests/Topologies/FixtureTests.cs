using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests.Topologies;

/// <summary>The servers that the other tests here stand on do what those tests want of them.</summary>
public sealed class FixtureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_keeps_its_keys_while_slots_move_and_replicas_take_over()
    {
        await using var cluster = await RedisCluster.StartAsync(TimeSpan.FromSeconds(1), Cancellation);
        using var connection = await cluster.ConnectAsync();
        var database = connection.GetDatabase();
        await database.StringSetAsync("{a}1", "kept");
        var owner = await cluster.OwnerOfAsync("{a}", Cancellation);
        var target = cluster.Nodes.Take(3).First(node => node != owner);

        await cluster.MoveSlotAsync("{a}", target, Cancellation);
        Assert.Equal(target, await cluster.OwnerOfAsync("{a}", Cancellation));
        Assert.Equal("kept", await database.StringGetAsync("{a}1", CommandFlags.DemandMaster));

        var replica = await cluster.ReplicaOfAsync(target, Cancellation);
        await cluster.FailOverAsync(replica, Cancellation);
        Assert.Equal(replica, await cluster.OwnerOfAsync("{a}", Cancellation));

        await target.UntilInSyncAsync(Cancellation);
        await replica.KillAsync();
        await cluster.UntilPromotedAsync(target, Cancellation);
        Assert.Equal(["kept"], await target.AskAsync(["GET", "{a}1"], Cancellation));
    }

    [Fact]
    public async Task Sentinels_name_the_replica_when_the_primary_is_killed()
    {
        await using var sentinels = await RedisSentinels.StartAsync(cancellationToken: Cancellation);
        using var connection = await sentinels.ConnectAsync();
        await connection.GetDatabase().StringSetAsync("a", "kept");
        await sentinels.Primary.UntilReplicatedAsync(sentinels.Replica, Cancellation);

        await sentinels.Primary.KillAsync();
        await sentinels.UntilPrimaryIsAsync(sentinels.Replica, Cancellation);

        Assert.Equal(["kept"], await sentinels.Replica.AskAsync(["GET", "a"], Cancellation));
    }
}
