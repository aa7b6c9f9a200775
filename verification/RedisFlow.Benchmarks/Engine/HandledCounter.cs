using System.Diagnostics;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>
/// Counts handled messages, and notes time and allocations at the first one: before it, an application starts and
/// connects.
/// </summary>
internal sealed class HandledCounter(long expected)
{
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    /// <summary>When the first message was handled; a timestamp of <see cref="Stopwatch"/>.</summary>
    public long FirstAt { get; private set; }

    /// <summary>What this process had allocated by then.</summary>
    public long AllocatedAtFirst { get; private set; }

    /// <summary>How many were handled.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Completes when as many as expected were handled.</summary>
    public Task Complete => _complete.Task;

    public void Handled()
    {
        var count = Interlocked.Increment(ref _count);
        if (count == 1)
        {
            AllocatedAtFirst = GC.GetTotalAllocatedBytes(precise: true);
            FirstAt = Stopwatch.GetTimestamp();
        }

        if (count == expected)
        {
            _complete.TrySetResult();
        }
    }
}
