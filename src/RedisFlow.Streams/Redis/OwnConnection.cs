using System.Net;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>Opens and closes connections that belong to one part of the engine alone.</summary>
internal static class OwnConnection
{
    /// <summary>
    /// The options of such a connection: RESP2, because the replies of blocking reads are nested alike on every server.
    /// Not opened again by the client: a loop that lost its connection opens another one, after a pause of its own
    /// (<see cref="Backoff"/>) instead of the client's, which looks once a second at most.
    /// </summary>
    public static ConfigurationOptions Options(string connectionString, string clientName)
    {
        var options = ConfigurationOptions.Parse(connectionString, ignoreUnknown: true);
        options.Protocol = RedisProtocol.Resp2;
        options.ClientName = clientName;
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        return options;
    }

    /// <summary>
    /// Opens a connection to one server: the master that serves a key. A connection to a whole cluster, or to a primary
    /// and its replicas, would send commands without a key (CLIENT ID, PING) to any of them, and fail with each of
    /// them.
    /// </summary>
    /// <exception cref="RedisConnectionException">The master is not known, or could not be reached.</exception>
    public static async Task<ConnectionMultiplexer> OpenAsync(
        ConfigurationOptions options,
        RedisKey key,
        CancellationToken cancellationToken
    )
    {
        var connection = await OpenAsync(options, cancellationToken).ConfigureAwait(false);
        if (connection.GetEndPoints() is [_])
        {
            return connection;
        }

        try
        {
            var owner =
                await connection
                    .GetDatabase()
                    .IdentifyEndpointAsync(key, CommandFlags.DemandMaster)
                    .OrAbandon(cancellationToken)
                    .ConfigureAwait(false)
                ?? throw new RedisConnectionException(
                    ConnectionFailureType.UnableToResolvePhysicalConnection,
                    CommandFlags.DemandMaster,
                    $"No master serves {key}."
                );
            return await OpenAsync(OnlyTo(options, owner), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Close(connection);
        }
    }

    /// <summary>The options of a connection to one server alone, which does not look for others.</summary>
    public static ConfigurationOptions OnlyTo(ConfigurationOptions options, EndPoint server)
    {
        var only = options.Clone();
        only.EndPoints.Clear();
        only.EndPoints.Add(server);
        only.ServiceName = null;

        // By these the client finds further servers. With commands that are renamed it may do so: nothing depends on
        // it.
        if (only.CommandMap == CommandMap.Default)
        {
            only.CommandMap = CommandMap.Create(["CLUSTER", "SENTINEL"], available: false);
        }

        return only;
    }

    /// <summary>Opens a connection; one that comes after the cancellation is closed.</summary>
    /// <exception cref="RedisConnectionException">It could not be opened within
    /// <see cref="ConfigurationOptions.ConnectTimeout"/>.</exception>
    public static async Task<ConnectionMultiplexer> OpenAsync(
        ConfigurationOptions options,
        CancellationToken cancellationToken
    )
    {
        var opening = ConnectionMultiplexer.ConnectAsync(options);
        try
        {
            return await opening.OrAbandon(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(
                static opened => Close(opened.Result),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default
            );
            throw;
        }
    }

    /// <summary>Closes a connection, whatever is under way on it.</summary>
    public static void Close(ConnectionMultiplexer connection)
    {
        connection.Close(allowCommandsToComplete: false);
        connection.Dispose();
    }
}
