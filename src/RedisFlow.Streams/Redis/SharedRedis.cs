using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// The application's shared connection, for everything that does not block. Resolved at use: its factory may connect,
/// and with Redis down at start that must fail the call, not the construction of a service.
/// </summary>
internal sealed class SharedRedis(IServiceProvider services, MasterWatch masters) : IRedisSender
{
    /// <summary>Gets the database that commands are sent to.</summary>
    /// <exception cref="RedisConnectionException">The connection is made at its first use, and could not
    /// be.</exception>
    public IDatabase Database
    {
        get
        {
            var connection = services.GetRequiredService<IConnectionMultiplexer>();
            masters.Watch(connection);
            return connection.GetDatabase();
        }
    }

    /// <inheritdoc/>
    public CommandFlags Flags => CommandFlags.None;

    /// <inheritdoc/>
    public Task<T> SendAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return command(Database).OrAbandon(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RedisResult> RunAsync(
        RedisScript script,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken
    ) => SendAsync(database => script.RunAsync(database, keys, arguments), cancellationToken);
}
