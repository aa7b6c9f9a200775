namespace RedisFlow.Caching;

/// <summary>Bounds the wait for Redis. The client has limits of its own, but not every version has them, and they are longer.</summary>
internal static class TimeLimit
{
    /// <exception cref="TimeoutException">It took longer; it may be done all the same.</exception>
    public static async Task<T> WithinLimit<T>(this Task<T> operation, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default)
    {
        await WithinLimit((Task)operation, limit, time, cancellationToken);
        return await operation;
    }

    /// <exception cref="TimeoutException">It took longer; it may be done all the same.</exception>
    public static Task WithinLimit(this Task operation, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default)
    {
        if (!operation.IsCompleted)
        {
            Observe(operation);
        }

        return operation.WaitAsync(limit, time, cancellationToken);
    }

    // Nobody awaits an operation any more whose time is over. Its late failure is observed, so that it is not reported as unobserved.
    private static void Observe(Task operation) => _ = operation.ContinueWith(
        static late => _ = late.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
