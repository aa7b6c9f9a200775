using System.Diagnostics;

namespace RedisFlow.Benchmarks.Measuring;

/// <summary>When each message is to be sent: at a constant rate, whatever the system does (open loop).</summary>
/// <param name="rate">Messages per second.</param>
internal sealed class ArrivalSchedule(int rate)
{
    private readonly double _ticksPerMessage = (double)Stopwatch.Frequency / rate;
    private long _begin;

    /// <summary>When the message is due, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public long Due(long index) => _begin + (long)(index * _ticksPerMessage);

    /// <summary>Sends every message when it is due, or at once when it is late, on a thread of its own.</summary>
    /// <param name="messages">How many.</param>
    /// <param name="send">Sends one without waiting for the outcome.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    public async Task RunAsync(int messages, Action<int> send, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                // A start in the future, so that the first messages are not late.
                Volatile.Write(ref _begin, Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20));
                for (var i = 0; i < messages; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    PreciseSleep.Until(Due(i));
                    send(i);
                }

                done.SetResult();
            }
#pragma warning disable CA1031 // It is the awaiting caller's.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                done.SetException(exception);
            }
        })
        {
            IsBackground = true,
            Name = "arrivals",
        }.Start();
        await done.Task;
    }
}
