using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace RedisFlow.Caching.L2;

/// <summary>
/// A circuit for each server that has entries: while one master of a cluster fails, the entries of the others are read.
/// One circuit for all where there is no cluster.
/// </summary>
/// <param name="connection">The database, asked for at each operation: the connection may be made by its first
/// use.</param>
/// <param name="limit">How long an operation may take.</param>
/// <param name="time">The clock of the limit and of the break.</param>
internal sealed class L2Circuits(Func<IDatabase> connection, TimeSpan limit, TimeProvider time)
{
    /// <summary>
    /// How long the client's view of the cluster is used before the client is asked for it again; it is a property of
    /// the client, and costs no command.
    /// </summary>
    private static readonly TimeSpan ViewAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<EndPoint, L2Circuit> _ofServers = new();
    private View? _view;

    /// <summary>The circuit of all keys where there is no cluster, and of those whose server is not known.</summary>
    public L2Circuit Common { get; } = new(connection, limit, time);

    /// <summary>
    /// The worst state of the circuits in use: those of the masters, or the one for all. What is not asked any more,
    /// such as a master that has lost its slots, keeps the state it had, which says nothing.
    /// </summary>
    public L2CircuitState State =>
        TryGetView(out _) is { Masters: { } masters }
            ? _ofServers
                .Where(circuit => masters.Contains(circuit.Key))
                .Select(circuit => circuit.Value.State)
                .DefaultIfEmpty()
                .Max()
            : Common.State;

    /// <summary>The circuit of a key's server.</summary>
    public L2Circuit Of(string key) =>
        TryGetView(out var multiplexer)?.Cluster?.GetBySlot(multiplexer!.HashSlot(key))?.EndPoint is { } server
            ? _ofServers.GetOrAdd(
                server,
                static (_, made) => new L2Circuit(made.connection, made.limit, made.time),
                (connection, limit, time)
            )
            : Common;

    /// <returns><c>null</c> if there is no connection. What needs one meets the same, and counts as failed.</returns>
    private View? TryGetView(out IConnectionMultiplexer? multiplexer)
    {
        try
        {
            multiplexer = connection().Multiplexer;
        }
        catch (Exception)
        {
            multiplexer = null;
            return null;
        }

        var view = Volatile.Read(ref _view);
        if (view is null || time.GetElapsedTime(view.At) > ViewAge)
        {
            // A node that is down has the view from before; the latest is with those that answer.
            var cluster = multiplexer
                .GetServers()
                .FirstOrDefault(server =>
                    server is { IsConnected: true, ServerType: ServerType.Cluster, ClusterConfiguration: not null }
                )
                ?.ClusterConfiguration;
            _view = view = new View(cluster, MastersOf(cluster), time.GetTimestamp());
        }

        return view;
    }

    private static HashSet<EndPoint>? MastersOf(ClusterConfiguration? cluster) =>
        cluster
            ?.Nodes.Where(node => !node.IsReplica && node.Slots.Count > 0)
            .Select(node => node.EndPoint!)
            .ToHashSet();

    /// <param name="Cluster">The nodes and their slots; <c>null</c> where there is no cluster, or none of it
    /// answers.</param>
    /// <param name="Masters">The masters that have slots.</param>
    /// <param name="At">When the client was asked.</param>
    private sealed record View(ClusterConfiguration? Cluster, HashSet<EndPoint>? Masters, long At);
}
