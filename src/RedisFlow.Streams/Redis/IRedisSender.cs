using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>Where publishers send their commands: the application's shared connection, or one of their own.</summary>
internal interface IRedisSender
{
    /// <summary>Gets the flags that each command must have.</summary>
    CommandFlags Flags { get; }

    /// <summary>Sends a command. The client bounds it by its <see cref="ConfigurationOptions.AsyncTimeout"/>.</summary>
    /// <exception cref="RedisTimeoutException">No answer in time; the command may or may not have run.</exception>
    Task<T> SendAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken);

    /// <summary>Runs a script. The client bounds it by its <see cref="ConfigurationOptions.AsyncTimeout"/>.</summary>
    /// <exception cref="RedisTimeoutException">No answer in time; the script may or may not have run.</exception>
    Task<RedisResult> RunAsync(
        RedisScript script,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken
    ) => SendAsync(database => script.RunAsync(database, keys, arguments, Flags), cancellationToken);
}
