using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Threading;

namespace RedisFlow.Streams.Consuming.Reading;

/// <summary>Lets the reading side fetch only as many entries as there are free slots.</summary>
internal sealed class CapacityGate(ConsumerStateMachine core, AsyncSignal freed)
{
    /// <summary>
    /// How long to wait for more than a little room: many small reads cost more than one that comes this much later.
    /// </summary>
    private static readonly TimeSpan WorthwhileWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Waits until there is room.</summary>
    /// <returns>How many entries may be fetched.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        var waited = false;
        while (true)
        {
            var room = core.Capacity;
            if (room >= core.WorthwhileCapacity || (room > 0 && waited))
            {
                return room;
            }

            waited = room > 0;
            await freed
                .WaitAsync(waited ? WorthwhileWait : Timeout.InfiniteTimeSpan, cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
