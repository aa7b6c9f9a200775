using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// The application's shared connection, for everything that does not block. Resolved at use: its factory may connect, and with Redis
/// down at start that must fail the call, not the construction of a service.
/// </summary>
internal sealed class SharedRedis(IServiceProvider services, TimeProvider time)
{
    /// <summary>
    /// How long a command may take. The client library's own limit is 5 s where it has one for asynchronous calls; older versions have none.
    /// </summary>
    public static TimeSpan CommandLimit { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long commands must have failed without a success in between before the library is asked to look for the server again.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>As <see cref="LookAgainAfter"/>, where the library has a connection and does not use it: looking again ends that at once.</summary>
    private static readonly TimeSpan LookAgainAfterSetAside = TimeSpan.FromMilliseconds(100);

    private long _failingSince;

    /// <summary>Runs a command, at most <see cref="CommandLimit"/> long.</summary>
    /// <exception cref="TimeoutException">No answer in time; the command may or may not have run.</exception>
    public Task<RedisResult> ExecuteAsync(string command, object[] arguments, CancellationToken cancellationToken) =>
        BoundedAsync(database => database.ExecuteAsync(command, arguments), cancellationToken);

    /// <summary>Runs a script, at most <see cref="CommandLimit"/> long.</summary>
    /// <exception cref="TimeoutException">No answer in time; the script may or may not have run.</exception>
    public Task<RedisResult> RunAsync(RedisScript script, string[] keys, object[] arguments, CancellationToken cancellationToken) =>
        BoundedAsync(database => script.RunAsync(database, keys, arguments), cancellationToken);

    private async Task<RedisResult> BoundedAsync(Func<IDatabase, Task<RedisResult>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = services.GetRequiredService<IConnectionMultiplexer>();
        try
        {
            var running = call(connection.GetDatabase());
            Observe(running);
            var reply = await running.WaitAsync(CommandLimit, time, cancellationToken);
            Volatile.Write(ref _failingSince, 0);
            return reply;
        }
        catch (Exception exception) when (exception is RedisConnectionException or TimeoutException)
        {
            Failed(connection);
            throw;
        }
    }

    /// <summary>
    /// The library reconnects by itself. But one that reconnected while the server was too busy to answer its first question may count that
    /// server as out of use for minutes, although it answers; asked to look again, it notices.
    /// </summary>
    private void Failed(IConnectionMultiplexer connection)
    {
        var now = time.GetTimestamp();
        var since = Interlocked.CompareExchange(ref _failingSince, now, 0);
        if (since != 0
            && time.GetElapsedTime(since, now) > (SetAside.Is(connection) ? LookAgainAfterSetAside : LookAgainAfter)
            && Interlocked.CompareExchange(ref _failingSince, now, since) == since)
        {
            Observe(connection.ConfigureAsync());
        }
    }

    /// <summary>An abandoned call may still fail later; nobody waits for it then.</summary>
    internal static void Observe(Task task) =>
        task.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
