namespace RedisFlow.Streams.Consuming;

/// <summary>
/// Runs messages side by side, up to a maximum, but those of one subject one after the other, in the order in which they came. Who reads
/// takes slots first, so that nothing is fetched that cannot be started.
/// </summary>
internal sealed class Dispatcher(
    MessageProcessor processor, MessageDecoder decoder, InFlight inFlight, int maxConcurrency, CancellationToken stop) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private readonly Dictionary<string, Queue<(PendingEntry Entry, DecodedEntry Decoded)>> _subjects = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _cancelHandlers = new();
    private int _running;
    private TaskCompletionSource? _drained;

    /// <summary>Waits for at least one free slot, and takes up to <paramref name="most"/>.</summary>
    public async Task<int> AcquireAsync(int most, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        var taken = 1;
        while (taken < most && _slots.Wait(0, CancellationToken.None))
        {
            taken++;
        }

        return taken;
    }

    /// <summary>Gives slots back.</summary>
    public void Release(int count)
    {
        if (count > 0)
        {
            _slots.Release(count);
        }
    }

    /// <summary>Takes entries of the own pending list, as slots become free, and dispatches them.</summary>
    /// <returns>How many were dispatched.</returns>
    public async Task<int> TakeAndDispatchAsync(
        IReadOnlyList<StreamPosition> positions, PendingList pending, bool countDelivery, CancellationToken cancellationToken)
    {
        var dispatched = 0;
        for (var done = 0; done < positions.Count;)
        {
            var slots = await AcquireAsync(positions.Count - done, cancellationToken);
            var used = 0;
            try
            {
                var taken = await pending.TakeAsync([.. positions.Skip(done).Take(slots)], countDelivery, cancellationToken);
                foreach (var entry in taken)
                {
                    used += Dispatch(entry) ? 1 : 0;
                }
            }
            finally
            {
                Release(slots - used);
            }

            done += slots;
            dispatched += used;
        }

        return dispatched;
    }

    /// <summary>Waits for a slot and dispatches the entry.</summary>
    public async Task DispatchAsync(PendingEntry entry, CancellationToken cancellationToken)
    {
        var slot = await AcquireAsync(1, cancellationToken);
        if (!Dispatch(entry))
        {
            Release(slot);
        }
    }

    /// <summary>Starts the message, or queues it behind an earlier one of its subject. Uses one slot, which the caller has taken.</summary>
    /// <returns><c>false</c> if the message is in flight already; then the slot is still the caller's.</returns>
    public bool Dispatch(PendingEntry entry)
    {
        // First, so that nothing can go wrong between the acceptance and the start.
        var decoded = decoder.Decode(entry.Entry);
        if (!inFlight.TryAdd(entry.Entry.Position))
        {
            return false;
        }

        // Without a subject there is no order to keep: a lane of its own. No subject has a NUL.
        var subject = decoded.Message?.Subject is { Length: > 0 } named ? named : $"\0{entry.Entry.Position}";
        Queue<(PendingEntry Entry, DecodedEntry Decoded)>? queue;
        lock (_subjects)
        {
            if (_subjects.TryGetValue(subject, out queue))
            {
                queue.Enqueue((entry, decoded));
                return true;
            }

            _subjects.Add(subject, queue = new());
            queue.Enqueue((entry, decoded));
            _running++;
        }

        _ = Task.Run(() => RunSubjectAsync(subject, queue), CancellationToken.None);
        return true;
    }

    /// <summary>
    /// Waits for what runs; after <paramref name="limit"/> cancels it, and waits for at most <paramref name="cancelLimit"/> more. Begins
    /// nothing new, since the worker's stop was requested before.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit, TimeSpan cancelLimit, TimeProvider time)
    {
        Task drained;
        lock (_subjects)
        {
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
            CompleteIfDrained();
        }

        try
        {
            await drained.WaitAsync(limit, time);
            return;
        }
        catch (TimeoutException)
        {
            await _cancelHandlers.CancelAsync();
        }

        try
        {
            await drained.WaitAsync(cancelLimit, time);
        }
        catch (TimeoutException)
        {
            // A handler that ignores cancellation: its message stays pending.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not the semaphore and the token source: an abandoned handler may still use them; neither holds a handle.
    }

    private async Task RunSubjectAsync(string subject, Queue<(PendingEntry Entry, DecodedEntry Decoded)> queue)
    {
        while (true)
        {
            (PendingEntry Entry, DecodedEntry Decoded) next;
            lock (_subjects)
            {
                if (queue.Count == 0 || stop.IsCancellationRequested)
                {
                    _subjects.Remove(subject);
                    _running--;
                    CompleteIfDrained();
                    return;
                }

                next = queue.Dequeue();
            }

            try
            {
                await processor.ProcessAsync(next.Entry, next.Decoded, stop, _cancelHandlers.Token);
            }
            finally
            {
                _slots.Release();
            }
        }
    }

    private void CompleteIfDrained()
    {
        if (_running == 0)
        {
            _drained?.TrySetResult();
        }
    }
}
