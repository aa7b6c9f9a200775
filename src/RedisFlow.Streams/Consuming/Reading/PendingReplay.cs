using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Pending;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming.Reading;

/// <summary>
/// Replays what this consumer owns and does not work on: at start, what it held when it ended; after a failed read,
/// what that read delivered on the server although its reply never came.
/// </summary>
internal sealed class PendingReplay(
    ConsumerIdentity identity,
    PendingList pending,
    PendingIntake intake,
    StreamMetrics metrics,
    ILogger logger
)
{
    private const int PageSize = 100;

    /// <summary>Replays the whole list, page by page.</summary>
    /// <param name="countDelivery">
    /// <c>true</c> at start, since the message itself may have ended the process; <c>false</c> after a fault of Redis,
    /// which says nothing about the message.
    /// </param>
    /// <param name="stop">Ends the replay.</param>
    public async Task RunAsync(bool countDelivery, CancellationToken stop)
    {
        var replayed = 0;
        MessagePosition? after = null;
        while (true)
        {
            var page = await pending.PageAsync(after, PageSize, stop).ConfigureAwait(false);
            if (page.Count == 0)
            {
                break;
            }

            replayed += await intake.TakeAsync(page, countDelivery, stop).ConfigureAwait(false);
            after = page[^1];
        }

        if (replayed > 0)
        {
            logger.Replayed(identity.Stream, identity.Group, replayed);
            metrics.Replayed(identity.Group, replayed);
        }
    }
}
