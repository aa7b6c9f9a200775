using System.Globalization;

namespace RedisFlow.Testing;

/// <summary>A primary and its replica, which a connection string names both.</summary>
public sealed class RedisPair : RedisDeployment
{
    private RedisPair(RedisServer first, RedisServer second) => (First, Second) = (first, second);

    /// <summary>Gets the server that is the primary at first.</summary>
    public RedisServer First { get; }

    /// <summary>Gets the server that is the replica at first.</summary>
    public RedisServer Second { get; }

    /// <inheritdoc/>
    public override string ConnectionString =>
        $"{First.EndPoint},{Second.EndPoint},abortConnect=false,connectTimeout=2000";

    /// <summary>Starts both and waits until the replica is in sync.</summary>
    public static async Task<RedisPair> StartAsync(CancellationToken cancellationToken = default)
    {
        var (first, second) = await StartServersAsync(cancellationToken);
        return new RedisPair(first, second);
    }

    /// <summary>Starts a primary and a replica that is in sync. If that fails, none is left.</summary>
    internal static async Task<(RedisServer Primary, RedisServer Replica)> StartServersAsync(
        CancellationToken cancellationToken
    )
    {
        List<RedisServer> servers = [];
        try
        {
            await StartEachAsync(
                2,
                () => RedisServer.StartAsync(["--repl-diskless-sync-delay", "0"], cancellationToken),
                servers
            );
            await servers[1].ReplicateAsync(servers[0]);
            await servers[1].UntilInSyncAsync(cancellationToken);
            return (servers[0], servers[1]);
        }
        catch
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Lets a replica take the place of its primary, which becomes its replica: nothing is lost.</summary>
    public static async Task FailOverAsync(
        RedisServer from,
        RedisServer to,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var port = to.Port.ToString(CultureInfo.InvariantCulture);

        // The replica may think that it is in sync a moment before the primary does, which refuses one that is not
        // online.
        await Eventually.Until(
            () => from.AskAsync(["INFO", "replication"], cancellationToken),
            info => info[0].Contains($"port={port},state=online", StringComparison.Ordinal),
            cancellationToken: cancellationToken
        );
        await from.AskAsync(["FAILOVER", "TO", "127.0.0.1", port], cancellationToken);
        await from.UntilInSyncAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await Second.DisposeAsync();
        await First.DisposeAsync();
    }
}
