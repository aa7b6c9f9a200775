using System.Diagnostics;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.Connecting;

/// <summary>Opens the tool's connection, and makes sure that it carries commands.</summary>
internal static class RedisConnector
{
    private const string ClientName = "redisflow-cli";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RefusalLimit = TimeSpan.FromSeconds(2);

    /// <summary>Connects.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="limit">How long to try.</param>
    /// <param name="stop">Ends the attempt.</param>
    /// <param name="wait">How much longer than others a command may take, since it waits on the server.</param>
    /// <exception cref="UsageException">The connection string cannot be read.</exception>
    /// <exception cref="NoConnectionException">There was no connection in time, or the server refuses; without a
    /// secret.</exception>
    public static async Task<ConnectionMultiplexer> ConnectAsync(
        ConnectionTarget target,
        TimeSpan limit,
        CancellationToken stop,
        TimeSpan wait = default
    )
    {
        var options = Options(target, limit);
        options.AsyncTimeout += (int)wait.TotalMilliseconds;
        var clock = Stopwatch.StartNew();
        ConnectionMultiplexer? connection = null;
        Exception? last = null;
        try
        {
            connection = await OpenAsync(options, limit, stop);
            do
            {
                var remaining = limit - clock.Elapsed;
                try
                {
                    // Not PING, which a server answers also to those that it does not know.
                    await connection
                        .GetDatabase()
                        .ExecuteAsync("EXISTS", "redisflow")
                        .WaitAsync(remaining > Pause ? remaining : Pause, stop);
                    return connection;
                }
                catch (RedisServerException exception)
                    when (!RedisFaults.IsPassing(exception) || IsRefusal(exception.Message))
                {
                    // E.g. an ACL without EXISTS: it answers, that is enough.
                    return IsRefusal(exception.Message) ? throw Refused(target, exception) : connection;
                }
                catch (Exception exception) when (IsRefusal(exception))
                {
                    throw Refused(target, exception);
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException)
                {
                    last = exception;
                    await Task.Delay(Pause, stop);
                }
            } while (clock.Elapsed < limit);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            last = exception;
        }
        catch
        {
            Close(connection);
            throw;
        }

        Close(connection);
        throw await IsRefusedAsync(options, stop)
            ? Refused(target, last)
            : new NoConnectionException(
                $"No connection to Redis at {target.Servers} within {Duration.Text(limit)} (from {target.Origin}). Is "
                    + "it running there, and is the password right?",
                last
            );
    }

    private static ConfigurationOptions Options(ConnectionTarget target, TimeSpan limit)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(target.ConnectionString, ignoreUnknown: true);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Without the library's message, which may quote a part of the text.
            throw new UsageException(
                $"The connection from {target.Origin} cannot be read; expected e.g. localhost:6379,password=…",
                exception
            );
        }

        options.AbortOnConnectFail = false;
        options.ClientName = ClientName;
        options.ConnectTimeout = (int)limit.TotalMilliseconds;

        // While Redis is away, a command says so at once; the commands that go on then try again by themselves.
        options.BacklogPolicy = BacklogPolicy.FailFast;

        // INFO and CONFIG, which doctor asks, count as administrative.
        options.AllowAdmin = true;
        return options;
    }

    private static async Task<ConnectionMultiplexer> OpenAsync(
        ConfigurationOptions options,
        TimeSpan limit,
        CancellationToken stop
    )
    {
        // Away from this thread: parts of the library connect synchronously.
        var opening = Task.Run(() => ConnectionMultiplexer.ConnectAsync(options), stop);
        try
        {
            return await opening.WaitAsync(limit + Pause, stop);
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
                TaskScheduler.Default
            );
            throw;
        }
    }

    private static NoConnectionException Refused(ConnectionTarget target, Exception? exception) =>
        new($"Redis at {target.Servers} refuses the password, or wants one (from {target.Origin}).", exception);

    private static bool IsRefusal(string message) =>
        message.StartsWith("NOAUTH", StringComparison.Ordinal)
        || message.StartsWith("WRONGPASS", StringComparison.Ordinal);

    /// <summary>
    /// Whether a connection failed for its password: the library has that as the cause of what follows.
    /// </summary>
    private static bool IsRefusal(Exception? exception) =>
        exception is not null
        && (
            exception is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
            || IsRefusal(exception.InnerException)
        );

    /// <summary>Whether it is the password, where the answer to it came too late for the time that was left.</summary>
    private static async Task<bool> IsRefusedAsync(ConfigurationOptions options, CancellationToken stop)
    {
        options.AbortOnConnectFail = true;
        options.ConnectTimeout = (int)RefusalLimit.TotalMilliseconds;
        try
        {
            Close(await OpenAsync(options, 2 * RefusalLimit, stop));
            return false;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return IsRefusal(exception);
        }
    }

    /// <summary>Closes without a wait for what is under way.</summary>
    public static void Close(ConnectionMultiplexer? connection)
    {
        connection?.Close(allowCommandsToComplete: false);
        connection?.Dispose();
    }
}
