namespace RedisFlow.Streams.Threading;

/// <summary>
/// Wakes one waiter. Set several times before it waits, it wakes it once: who is woken looks for what there is to do.
/// </summary>
internal sealed class AsyncSignal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);
    private int _isSet;

    /// <summary>Wakes the waiter, or the next one.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _semaphore.Release();
        }
    }

    /// <summary>Waits for <see cref="Set"/>, at most for <paramref name="limit"/>.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        // Rounded up: the semaphore counts whole milliseconds, and a wait for none would be a loop that never rests.
        var milliseconds =
            limit == Timeout.InfiniteTimeSpan
                ? Timeout.Infinite
                : (int)Math.Min(int.MaxValue, Math.Ceiling(limit.TotalMilliseconds));
        if (await _semaphore.WaitAsync(milliseconds, cancellationToken).ConfigureAwait(false))
        {
            // A Set in between is not lost: the caller has yet to look.
            Interlocked.Exchange(ref _isSet, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _semaphore.Dispose();
}
