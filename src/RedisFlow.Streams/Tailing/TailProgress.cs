namespace RedisFlow.Streams.Tailing;

/// <inheritdoc cref="IStreamTail"/>
internal sealed class TailProgress(TimeProvider time) : IStreamTail
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(MessagePosition Position, TaskCompletionSource Reached)> _waiting = new();
    private TaskCompletionSource? _rest;
    private MessagePosition _applied;
    private long? _heard;

    /// <inheritdoc/>
    public MessagePosition AppliedPosition
    {
        get
        {
            lock (_lock)
            {
                return _applied;
            }
        }
    }

    /// <inheritdoc/>
    public TimeSpan SinceLastHeard
    {
        get
        {
            lock (_lock)
            {
                return _heard is { } heard ? time.GetElapsedTime(heard) : TimeSpan.MaxValue;
            }
        }
    }

    /// <inheritdoc/>
    public async Task WaitUntilAppliedAsync(MessagePosition position, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<(MessagePosition Position, TaskCompletionSource Reached)> waiter;
        lock (_lock)
        {
            if (_heard is not null && _applied >= position)
            {
                return;
            }

            waiter = _waiting.AddLast(
                (position, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            );
            _rest?.TrySetResult();
        }

        try
        {
            await waiter.Value.Reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                if (waiter.List is not null)
                {
                    _waiting.Remove(waiter);
                }
            }
        }
    }

    /// <summary>Waits for <paramref name="limit"/>, but not while a caller waits for a position.</summary>
    public async Task RestAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Task ended;
        lock (_lock)
        {
            if (_waiting.Count > 0)
            {
                return;
            }

            _rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ended = _rest.Task;
        }

        await ended.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The stream was read successfully.</summary>
    public void Heard()
    {
        lock (_lock)
        {
            _heard = time.GetTimestamp();
        }
    }

    /// <summary>
    /// Every observer has seen everything up to <paramref name="position"/>; lower than before only after a gap.
    /// </summary>
    public void Applied(MessagePosition position)
    {
        lock (_lock)
        {
            _applied = position;
            var node = _waiting.First;
            while (node is not null)
            {
                var next = node.Next;
                if (node.Value.Position <= position)
                {
                    node.Value.Reached.TrySetResult();
                    _waiting.Remove(node);
                }

                node = next;
            }
        }
    }
}
