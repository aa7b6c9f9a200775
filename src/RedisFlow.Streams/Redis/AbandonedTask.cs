namespace RedisFlow.Streams.Redis;

/// <summary>Calls that are not waited for to their end: the client has no way to take a command back.</summary>
internal static class AbandonedTask
{
    /// <summary>
    /// Waits until the call ends or the token is cancelled. What an abandoned call still throws is observed.
    /// </summary>
    public static Task<T> OrAbandon<T>(this Task<T> call, CancellationToken cancellationToken)
    {
        Observe(call);
        return call.WaitAsync(cancellationToken);
    }

    /// <inheritdoc cref="OrAbandon{T}(Task{T}, CancellationToken)"/>
    public static Task OrAbandon(this Task call, CancellationToken cancellationToken)
    {
        Observe(call);
        return call.WaitAsync(cancellationToken);
    }

    /// <summary>Observes what the call throws, so that it does not end up as an unobserved task exception.</summary>
    public static void Observe(Task call) =>
        call.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}
