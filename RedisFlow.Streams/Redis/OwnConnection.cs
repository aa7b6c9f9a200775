using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>Opens and closes connections that belong to one part of the engine alone.</summary>
internal static class OwnConnection
{
    /// <summary>Opens a connection; one that comes too late is closed.</summary>
    /// <exception cref="TimeoutException">It was not opened within the limit.</exception>
    public static async Task<ConnectionMultiplexer> OpenAsync(
        ConfigurationOptions options, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var opening = ConnectionMultiplexer.ConnectAsync(options);
        try
        {
            return await opening.WaitAsync(limit, time, cancellationToken);
        }
        catch
        {
            _ = opening.ContinueWith(
                static opened =>
                {
                    _ = opened.Exception;
                    if (opened.IsCompletedSuccessfully)
                    {
                        Close(opened.Result);
                    }
                },
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
