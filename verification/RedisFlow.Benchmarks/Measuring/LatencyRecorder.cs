using System.Diagnostics;

namespace RedisFlow.Benchmarks.Measuring;

/// <summary>
/// When each message of a schedule was handled first. The clock of a message starts when it was INTENDED to be sent, so
/// that a sender that falls behind, because the system under measurement slows it down, counts against that system.
/// </summary>
internal sealed class LatencyRecorder(int messages)
{
    private readonly long[] _handled = new long[messages];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>Completes when every message was handled.</summary>
    public Task Complete => _complete.Task;

    /// <summary>The message's handler starts.</summary>
    public void Handled(long index)
    {
        if (
            Interlocked.CompareExchange(ref _handled[index], Stopwatch.GetTimestamp(), 0) == 0
            && Interlocked.Increment(ref _count) == _handled.Length
        )
        {
            _complete.TrySetResult();
        }
    }

    /// <summary>The latencies of the messages from <paramref name="first"/> on that were handled.</summary>
    /// <param name="schedule">When they were to be sent.</param>
    /// <param name="first">The first one after the warm-up.</param>
    public LatencyDistribution Distribution(ArrivalSchedule schedule, int first)
    {
        var latencies = new List<double>(_handled.Length - first);
        for (var i = first; i < _handled.Length; i++)
        {
            if (Volatile.Read(ref _handled[i]) is var at and not 0)
            {
                latencies.Add(Stopwatch.GetElapsedTime(schedule.Due(i), at).TotalMilliseconds);
            }
        }

        return new LatencyDistribution(latencies);
    }
}
