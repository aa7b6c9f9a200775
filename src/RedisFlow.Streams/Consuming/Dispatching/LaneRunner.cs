using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Handling;

namespace RedisFlow.Streams.Consuming.Dispatching;

/// <summary>
/// Runs lanes on the thread pool, each by one task at a time, for as long as it has something that may begin.
/// </summary>
internal sealed class LaneRunner(ConsumerStateMachine core, MessageProcessor processor, CancellationToken stop)
{
    /// <summary>Runs the lane, without waiting for it.</summary>
    public void Run(int lane) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Runner.RunAsync(state.Lane),
            (Runner: this, Lane: lane),
            preferLocal: false
        );

    private async Task RunAsync(int lane)
    {
        while (core.TryBegin(lane, out var lost) is { } held)
        {
            var run = held.Begins;
            try
            {
                await processor.ProcessAsync(held, stop, lost).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Not even the log could take it. The message stays pending; the lane must go on.
            catch (Exception)
#pragma warning restore CA1031
            {
                core.Abandoned(held, run);
            }
        }
    }
}
