using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Reading;

/// <summary>
/// Takes over what other consumers left: entries that are pending for longer than the lease. XAUTOCLAIM is atomic, so
/// no lock.
/// </summary>
internal sealed class PendingClaimer(
    ConsumerIdentity identity,
    SharedRedis redis,
    PendingIntake intake,
    CapacityGate room,
    StreamMetrics metrics,
    ILogger logger,
    TimeSpan lease
)
{
    private const int PageSize = 100;
    private static readonly RedisValue End = "0-0";

    /// <summary>Goes through the whole pending list once, following the cursor.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var cursor = End;
        do
        {
            // No more than there is room for: what is taken over and not begun would keep other workers from it.
            var count = Math.Min(PageSize, await room.WaitAsync(stop).ConfigureAwait(false));
            // JUSTID leaves the delivery count alone: what is taken for handling is counted by PendingList, what this
            // worker runs already is not.
            var result = await redis
                .SendAsync(
                    database =>
                        database.StreamAutoClaimIdsOnlyAsync(
                            identity.Keys.Stream,
                            identity.Group,
                            identity.Consumer,
                            (long)lease.TotalMilliseconds,
                            cursor,
                            count
                        ),
                    stop
                )
                .ConfigureAwait(false);
            cursor = result.NextStartId;

            // From Redis 7.0 on: entries without data, which have left the pending list by this.
            foreach (var lost in result.DeletedIds)
            {
                intake.TakeLost(RedisReply.Position(lost));
            }

            var claimed = Array.ConvertAll(result.ClaimedIds, RedisReply.Position);
            var taken = await intake.TakeAsync(claimed, countDelivery: true, stop).ConfigureAwait(false);
            if (taken > 0)
            {
                logger.TakenOver(identity.Stream, identity.Group, taken);
                metrics.Claimed(identity.Group, taken);
            }
        } while (cursor != End);
    }
}
