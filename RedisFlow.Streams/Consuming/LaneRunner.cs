using RedisFlow.Streams.Consuming.Core;

namespace RedisFlow.Streams.Consuming;

/// <summary>Runs lanes on the thread pool, each by one task at a time, for as long as it has something that may begin.</summary>
internal sealed class LaneRunner(ConsumerCore core, MessageProcessor processor, CancellationToken stop)
{
    /// <summary>Runs the lane, without waiting for it.</summary>
    public void Run(int lane) => ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Runner.RunAsync(state.Lane), (Runner: this, Lane: lane), preferLocal: false);

    private async Task RunAsync(int lane)
    {
        while (core.TryBegin(lane, out var lost) is { } held)
        {
            // Never throws: a lane that ended with an exception would be stuck.
            await processor.ProcessAsync(held, stop, lost);
        }
    }
}
