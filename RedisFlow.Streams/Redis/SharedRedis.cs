using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.Configuration;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// The application's shared connection, for everything that does not block. Resolved at use: its factory may connect, and with Redis
/// down at start that must fail the call, not the construction of a service. While it is cut off although the server answers, a connection of
/// the engine's own stands in for it.
/// </summary>
internal sealed class SharedRedis(
    IServiceProvider services, StreamConnection source, IOptions<StreamOptions> options, TimeProvider time, ILogger<SharedRedis> logger)
    : IRedisConnection, IDisposable
{
    /// <summary>
    /// How long a command may take. The client library's own limit is 5 s where it has one for asynchronous calls; older versions have none.
    /// </summary>
    public static TimeSpan CommandLimit { get; } = TimeSpan.FromSeconds(5);

    private readonly StandInConnection _standIn = new(source, $"{options.Value.InstanceId}:stand-in".Replace(' ', '_'), time, logger);

    /// <inheritdoc/>
    public IDatabase Database => _standIn.Choose(services.GetRequiredService<IConnectionMultiplexer>()).GetDatabase();

    /// <summary>Runs a command, at most <see cref="CommandLimit"/> long.</summary>
    /// <exception cref="TimeoutException">No answer in time; the command may or may not have run.</exception>
    public Task<RedisResult> ExecuteAsync(string command, object[] arguments, CancellationToken cancellationToken) =>
        BoundedAsync(database => database.ExecuteAsync(command, arguments), cancellationToken);

    /// <summary>Runs a script, at most <see cref="CommandLimit"/> long.</summary>
    /// <exception cref="TimeoutException">No answer in time; the script may or may not have run.</exception>
    public Task<RedisResult> RunAsync(RedisScript script, string[] keys, object[] arguments, CancellationToken cancellationToken) =>
        BoundedAsync(database => script.RunAsync(database, keys, arguments), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _standIn.Dispose();

    private async Task<RedisResult> BoundedAsync(Func<IDatabase, Task<RedisResult>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var application = services.GetRequiredService<IConnectionMultiplexer>();
        var connection = _standIn.Choose(application);
        try
        {
            var running = call(connection.GetDatabase());
            Observe(running);
            var reply = await running.WaitAsync(CommandLimit, time, cancellationToken);
            _standIn.Succeeded();
            return reply;
        }
        catch (Exception exception) when (exception is RedisConnectionException or TimeoutException or ObjectDisposedException)
        {
            _standIn.Failed(application, connection);
            throw;
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
