using System.Globalization;

namespace RedisFlow.Testing;

/// <summary>
/// A Redis Cluster of a test: three masters and three replicas on free ports of 127.0.0.1. A master can be killed, a
/// replica take over, and a slot move to another master, with its keys.
/// </summary>
public sealed class RedisCluster : RedisDeployment
{
    private const int Masters = 3;
    private const int Slots = 16_384;

    private readonly List<RedisServer> _nodes = [];

    private RedisCluster() { }

    /// <summary>
    /// Gets all nodes: at first the masters, in the order of their slots, then their replicas in the same order.
    /// </summary>
    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <inheritdoc/>
    public override string ConnectionString =>
        string.Join(',', _nodes.Select(node => node.EndPoint)) + ",abortConnect=false,connectTimeout=2000";

    /// <summary>Starts a cluster and waits until every slot is served and every replica in sync.</summary>
    /// <param name="nodeTimeout">
    /// How long a node may be silent before it counts as failed. The default is 5 s, so that a busy machine causes no
    /// failover; a test that kills a master wants less.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RedisCluster> StartAsync(
        TimeSpan? nodeTimeout = null,
        CancellationToken cancellationToken = default
    )
    {
        var cluster = new RedisCluster();
        try
        {
            string[] settings =
            [
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                Text((int)(nodeTimeout ?? TimeSpan.FromSeconds(5)).TotalMilliseconds),
                "--repl-diskless-sync-delay",
                "0",
            ];
            await StartEachAsync(
                2 * Masters,
                () => RedisServer.StartNodeAsync(settings, cancellationToken),
                cluster._nodes
            );
            await cluster.FormAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the master that serves a key.</summary>
    public async Task<RedisServer> OwnerOfAsync(string key, CancellationToken cancellationToken = default)
    {
        var slot = await SlotOfAsync(key, cancellationToken);
        return ByPort((await ViewAsync(cancellationToken)).Single(node => node.IsMaster && node.Serves(slot)).Port);
    }

    /// <summary>Returns the replica of a master, which may be dead.</summary>
    public async Task<RedisServer> ReplicaOfAsync(RedisServer master, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(master);
        var view = await ViewAsync(cancellationToken);
        var id = view.Single(node => node.Port == master.Port).Id;
        return ByPort(view.First(node => node.MasterId == id).Port);
    }

    /// <summary>
    /// Lets a replica take the place of its living master, as for an upgrade: nothing is lost. Waits until every node
    /// knows it.
    /// </summary>
    public async Task FailOverAsync(RedisServer replica, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replica);
        await replica.AskAsync(["CLUSTER", "FAILOVER"], cancellationToken);
        await UntilPromotedAsync(replica, cancellationToken);
    }

    /// <summary>Waits until a replica has become a master with slots, and every living node knows it.</summary>
    public Task UntilPromotedAsync(RedisServer replica, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replica);
        return EveryNodeSeesAsync(
            view => view.Any(node => node.Port == replica.Port && node is { IsMaster: true, Slots.Count: > 0 }),
            cancellationToken
        );
    }

    /// <summary>Moves the slot of a key, with every key in it, to another master, as a reshard does.</summary>
    /// <param name="key">Any key of the slot.</param>
    /// <param name="target">The master that gets it.</param>
    /// <param name="cancellationToken">Ends the wait; the slot then stays between the two.</param>
    public async Task MoveSlotAsync(string key, RedisServer target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var slot = Text(await SlotOfAsync(key, cancellationToken));
        var source = await OwnerOfAsync(key, cancellationToken);
        var (sourceId, targetId) = (
            await IdOfAsync(source, cancellationToken),
            await IdOfAsync(target, cancellationToken)
        );
        await target.AskAsync(["CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId], cancellationToken);
        await source.AskAsync(["CLUSTER", "SETSLOT", slot, "MIGRATING", targetId], cancellationToken);
        while (
            await source.AskAsync(["CLUSTER", "GETKEYSINSLOT", slot, "100"], cancellationToken) is { Length: > 0 } keys
        )
        {
            await source.AskAsync(
                ["MIGRATE", "127.0.0.1", Text(target.Port), "", "0", "10000", "KEYS", .. keys],
                cancellationToken
            );
        }

        // The target first: from then on, one of the two serves the slot at any time.
        foreach (var node in new[] { target, source })
        {
            await node.AskAsync(["CLUSTER", "SETSLOT", slot, "NODE", targetId], cancellationToken);
        }

        var number = await SlotOfAsync(key, cancellationToken);
        await EveryNodeSeesAsync(
            view => view.Single(node => node.Port == target.Port).Serves(number),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task FormAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Masters; i++)
        {
            // Without an epoch of its own, two masters would have to settle that first, which takes seconds.
            await _nodes[i].AskAsync(["CLUSTER", "SET-CONFIG-EPOCH", Text(i + 1)], cancellationToken);
            await _nodes[i]
                .AskAsync(
                    ["CLUSTER", "ADDSLOTSRANGE", Text(Slots * i / Masters), Text((Slots * (i + 1) / Masters) - 1)],
                    cancellationToken
                );
        }

        foreach (var node in _nodes.Skip(1))
        {
            await node.AskAsync(
                [
                    "CLUSTER",
                    "MEET",
                    "127.0.0.1",
                    Text(_nodes[0].Port),
                    Text(await BusPortAsync(_nodes[0], cancellationToken)),
                ],
                cancellationToken
            );
        }

        await EveryNodeSeesAsync(
            view => view.Count == _nodes.Count && !view.Any(node => node.IsFailing),
            cancellationToken
        );
        for (var i = 0; i < Masters; i++)
        {
            await _nodes[Masters + i]
                .AskAsync(["CLUSTER", "REPLICATE", await IdOfAsync(_nodes[i], cancellationToken)], cancellationToken);
        }

        await EveryNodeSeesAsync(view => view.Count(node => !node.IsMaster) == Masters, cancellationToken);
        foreach (var node in _nodes)
        {
            await Eventually.Until(
                async () => await node.AskAsync(["CLUSTER", "INFO"], cancellationToken),
                info => info[0].Contains("cluster_state:ok", StringComparison.Ordinal),
                cancellationToken: cancellationToken
            );
        }

        foreach (var replica in _nodes.Skip(Masters))
        {
            await replica.UntilInSyncAsync(cancellationToken);
        }
    }

    private static async Task<int> BusPortAsync(RedisServer node, CancellationToken cancellationToken) =>
        int.Parse(
            (await node.AskAsync(["CONFIG", "GET", "cluster-port"], cancellationToken))[1],
            CultureInfo.InvariantCulture
        );

    private static async Task<string> IdOfAsync(RedisServer node, CancellationToken cancellationToken) =>
        (await node.AskAsync(["CLUSTER", "MYID"], cancellationToken))[0];

    private async Task<int> SlotOfAsync(string key, CancellationToken cancellationToken) =>
        int.Parse(
            (await _nodes.First(node => node.IsRunning).AskAsync(["CLUSTER", "KEYSLOT", key], cancellationToken))[0],
            CultureInfo.InvariantCulture
        );

    private Task<IReadOnlyList<ClusterNode>> ViewAsync(CancellationToken cancellationToken) =>
        ViewAsync(_nodes.First(node => node.IsRunning), cancellationToken);

    private static async Task<IReadOnlyList<ClusterNode>> ViewAsync(
        RedisServer node,
        CancellationToken cancellationToken
    ) => ClusterNode.Parse((await node.AskAsync(["CLUSTER", "NODES"], cancellationToken))[0]);

    private async Task EveryNodeSeesAsync(
        Func<IReadOnlyList<ClusterNode>, bool> condition,
        CancellationToken cancellationToken
    )
    {
        foreach (var node in _nodes.Where(node => node.IsRunning))
        {
            await Eventually.Until(
                () => ViewAsync(node, cancellationToken),
                condition,
                cancellationToken: cancellationToken
            );
        }
    }

    private RedisServer ByPort(int port) => _nodes.Single(node => node.Port == port);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
