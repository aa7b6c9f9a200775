using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Tests;

/// <summary>A tail that is where the test puts it.</summary>
internal sealed class ManualTail : IStreamTail
{
    private readonly Lock _lock = new();
    private readonly List<(MessagePosition Position, TaskCompletionSource Reached)> _waiting = [];
    private MessagePosition _applied;

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

    public TimeSpan SinceLastHeard => TimeSpan.Zero;

    /// <summary>How many wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Called at the beginning of each wait.</summary>
    public Action? OnWait { get; set; }

    public void Apply(string position)
    {
        lock (_lock)
        {
            _applied = MessagePosition.Parse(position);
            foreach (var (_, reached) in _waiting.Where(waiter => waiter.Position <= _applied))
            {
                reached.TrySetResult();
            }
        }
    }

    public async Task WaitUntilAppliedAsync(MessagePosition position, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OnWait?.Invoke();
        var waiter = (position, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            if (_applied >= position)
            {
                return;
            }

            _waiting.Add(waiter);
        }

        try
        {
            await waiter.Item2.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _waiting.Remove(waiter);
            }
        }
    }
}
