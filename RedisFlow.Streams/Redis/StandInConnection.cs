using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Configuration;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// A connection of the engine's own that stands in for the application's while that one is cut off although the server answers: a client
/// library can wait for good on a connection whose handshake nobody answered. The application's connection is not the engine's to close or to
/// replace; so it stays, and is used again as soon as it answers. Nothing is opened while the application's connection works.
/// </summary>
internal sealed partial class StandInConnection(StreamConnection source, string clientName, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How long commands must have failed without a success in between before anything is done.</summary>
    private static readonly TimeSpan FailingLimit = TimeSpan.FromSeconds(5);

    /// <summary>How often the application's connection is tried while it is not used.</summary>
    private static readonly TimeSpan TryInterval = TimeSpan.FromSeconds(5);

    private volatile IConnectionMultiplexer? _connection;
    private volatile bool _isDisposed;
    private long _failingSince;
    private long _tried;
    private int _isBusy;

    /// <summary>The connection to use now.</summary>
    public IConnectionMultiplexer Choose(IConnectionMultiplexer application)
    {
        if (_connection is not { } standIn)
        {
            return application;
        }

        if (time.GetElapsedTime(Volatile.Read(ref _tried)) >= TryInterval)
        {
            Begin(() => ReturnAsync(application));
        }

        return standIn;
    }

    /// <summary>A command succeeded.</summary>
    public void Succeeded() => Volatile.Write(ref _failingSince, 0);

    /// <summary>A command failed on the connection that was chosen for it.</summary>
    public void Failed(IConnectionMultiplexer application, IConnectionMultiplexer used)
    {
        if (!ReferenceEquals(used, _connection ?? application))
        {
            // It was begun before the last change, and says nothing about the connection that is used now.
            return;
        }

        if (SetAside.Is(application))
        {
            SharedRedis.Observe(application.ConfigureAsync());
        }

        var now = time.GetTimestamp();
        var since = Interlocked.CompareExchange(ref _failingSince, now, 0);
        if (since != 0
            && time.GetElapsedTime(since, now) > FailingLimit
            && Interlocked.CompareExchange(ref _failingSince, now, since) == since)
        {
            Begin(() => ReplaceAsync(application));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Drop();
    }

    private async Task ReplaceAsync(IConnectionMultiplexer application)
    {
        if (_connection is not null)
        {
            // It fails too: the application's gets its chance, and if that fails a new one is opened.
            Drop();
            return;
        }

        // Some versions of the library count a server as out of use that did not answer their first question, until they look again.
        SharedRedis.Observe(application.ConfigureAsync());
        if (await OpenAsync() is { } opened)
        {
            Volatile.Write(ref _tried, time.GetTimestamp());
            _connection = opened;
            Succeeded();
            LogStoodIn(logger, clientName);
            if (_isDisposed)
            {
                Drop();
            }
        }
    }

    private async Task ReturnAsync(IConnectionMultiplexer application)
    {
        Volatile.Write(ref _tried, time.GetTimestamp());
        if (await AnswersAsync(application) && Interlocked.Exchange(ref _connection, null) is { } standIn)
        {
            Succeeded();
            LogReturned(logger, clientName);

            // What was begun on it has its answer, or has failed, by then.
            await Task.Delay(SharedRedis.CommandLimit, time);
            Close(standIn);
        }
    }

    /// <summary>Opens a connection, if the server answers on it.</summary>
    private async Task<ConnectionMultiplexer?> OpenAsync()
    {
        var options = ConfigurationOptions.Parse(source.ConnectionString!, ignoreUnknown: true);
        options.ClientName = clientName;
        options.AbortOnConnectFail = true;
        ConnectionMultiplexer opened;
        try
        {
            opened = await ConnectionMultiplexer.ConnectAsync(options);
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            // The server is down for everybody: the library's own reconnecting is what helps.
            return null;
        }

        if (await AnswersAsync(opened))
        {
            return opened;
        }

        Close(opened);
        return null;
    }

    private async Task<bool> AnswersAsync(IConnectionMultiplexer connection)
    {
        try
        {
            var asked = connection.GetDatabase().ExecuteAsync("PING");
            SharedRedis.Observe(asked);
            await asked.WaitAsync(SharedRedis.CommandLimit, time);
            return true;
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            return false;
        }
    }

    /// <summary>Begins a change, unless one is under way. No caller waits for it.</summary>
    private void Begin(Func<Task> change)
    {
        if (_isDisposed || Interlocked.CompareExchange(ref _isBusy, 1, 0) != 0)
        {
            return;
        }

        SharedRedis.Observe(Task.Run(async () =>
        {
            try
            {
                await change();
            }
            finally
            {
                Volatile.Write(ref _isBusy, 0);
            }
        }));
    }

    private void Drop()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            Close(connection);
        }
    }

    private static void Close(IConnectionMultiplexer connection)
    {
        connection.Close(allowCommandsToComplete: false);
        connection.Dispose();
    }

    [LoggerMessage(60, LogLevel.Warning, "The application's connection to Redis does not answer, though the server does: {ClientName} stands in for it.")]
    private static partial void LogStoodIn(ILogger logger, string clientName);

    [LoggerMessage(61, LogLevel.Information, "The application's connection to Redis answers again: {ClientName} is closed.")]
    private static partial void LogReturned(ILogger logger, string clientName);
}
