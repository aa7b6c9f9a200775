namespace RedisFlow.ServiceDefaults.Redis;

/// <summary>How long to wait for Redis: long enough for a busy server, short enough that a request with Redis down still gets its answer.</summary>
public static class RedisTimeouts
{
    /// <summary>The longest an operation may take, the time in a client's backlog included.</summary>
    public static TimeSpan Operation { get; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest an attempt to connect may take.</summary>
    public static TimeSpan Connect { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Waits for a Redis operation, at most <see cref="Operation"/>. Clients differ in this: old ones wait without end on a connection that
    /// broke silently, current ones queue commands until they are connected again.
    /// </summary>
    /// <exception cref="TimeoutException">Redis did not answer in time; whether it did the operation is unknown.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<T> WithinRedisTimeout<T>(this Task<T> operation, CancellationToken cancellationToken = default)
    {
        await ((Task)operation).WithinRedisTimeout(cancellationToken);
        return await operation;
    }

    /// <inheritdoc cref="WithinRedisTimeout{T}(Task{T}, CancellationToken)"/>
    public static async Task WithinRedisTimeout(this Task operation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        try
        {
            await operation.WaitAsync(Operation, cancellationToken);
        }
        catch (TimeoutException) when (!operation.IsCompleted)
        {
            throw new TimeoutException($"Redis did not answer within {Operation.TotalSeconds} s.");
        }
    }
}
