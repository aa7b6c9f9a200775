using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>Opens and closes connections that belong to one part of the engine alone.</summary>
internal static class OwnConnection
{
    /// <summary>
    /// The options of such a connection: RESP2, because the replies of blocking reads are nested alike on every server, and because a subscription
    /// has a connection of its own then, whose loss is the loss of the subscription. Not opened again by the client: a loop that lost its connection
    /// opens another one, after a pause of its own (<see cref="Backoff"/>) instead of the client's, which looks once a second at most.
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

    /// <summary>Opens a connection; one that comes after the cancellation is closed.</summary>
    /// <exception cref="RedisConnectionException">It could not be opened within <see cref="ConfigurationOptions.ConnectTimeout"/>.</exception>
    public static async Task<ConnectionMultiplexer> OpenAsync(ConfigurationOptions options, CancellationToken cancellationToken)
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
                TaskScheduler.Default);
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
