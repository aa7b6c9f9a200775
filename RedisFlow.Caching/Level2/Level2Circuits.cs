using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace RedisFlow.Caching;

/// <summary>
/// A circuit for each server that has entries: while one master of a cluster fails, the entries of the others are read. One circuit for all where
/// there is no cluster.
/// </summary>
/// <param name="connection">The database, asked for at each operation: the connection may be made by its first use.</param>
/// <param name="limit">How long an operation may take.</param>
/// <param name="time">The clock of the limit and of the break.</param>
internal sealed class Level2Circuits(Func<IDatabase> connection, TimeSpan limit, TimeProvider time)
{
    /// <summary>How long the client's view of the cluster is used before the client is asked for it again; it is a property of the client, and costs no command.</summary>
    private static readonly TimeSpan ViewAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<EndPoint, Level2Circuit> _ofServers = new();
    private View? _view;

    /// <summary>The circuit of all keys where there is no cluster, and of those whose server is not known.</summary>
    public Level2Circuit Common { get; } = new(connection, limit, time);

    /// <summary>The worst state of all circuits.</summary>
    public Level2CircuitState State => _ofServers.Values.Append(Common).Max(circuit => circuit.State);

    /// <summary>The circuit of a key's server.</summary>
    public Level2Circuit Of(string key)
    {
        IConnectionMultiplexer multiplexer;
        try
        {
            multiplexer = connection().Multiplexer;
        }
        catch (Exception)
        {
            // It could not be made. The operation meets the same, and counts as failed.
            return Common;
        }

        var view = Volatile.Read(ref _view);
        if (view is null || time.GetElapsedTime(view.At) > ViewAge)
        {
            // A node that is down has the view from before; the latest is with those that answer.
            _view = view = new View(
                multiplexer.GetServers().FirstOrDefault(server => server.IsConnected && server.ServerType == ServerType.Cluster)?.ClusterConfiguration,
                time.GetTimestamp());
        }

        return view.Cluster?.GetBySlot(multiplexer.HashSlot(key))?.EndPoint is { } server
            ? _ofServers.GetOrAdd(server, static (_, made) => new Level2Circuit(made.connection, made.limit, made.time), (connection, limit, time))
            : Common;
    }

    private sealed record View(ClusterConfiguration? Cluster, long At);
}
