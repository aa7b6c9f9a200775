using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming;

/// <summary>Takes over what other consumers left: entries that are pending for longer than the lease. XAUTOCLAIM is atomic, so no lock.</summary>
internal sealed class PendingClaimer(
    ConsumerIdentity identity,
    SharedRedis redis,
    PendingList pending,
    Dispatcher dispatcher,
    InFlight inFlight,
    StreamMetrics metrics,
    ILogger logger,
    TimeSpan lease)
{
    private const int PageSize = 100;
    private const string End = "0-0";

    /// <summary>Goes through the whole pending list once, following the cursor.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var cursor = End;
        do
        {
            // JUSTID leaves the delivery count alone: what is taken for handling is counted by PendingList, what this worker runs already is not.
            var reply = RedisReply.Items(await redis.ExecuteAsync(
                "XAUTOCLAIM",
                [
                    (RedisKey)identity.Keys.Stream, identity.Group, identity.Consumer, (long)lease.TotalMilliseconds, cursor,
                    "COUNT", PageSize, "JUSTID",
                ],
                stop));
            cursor = RedisReply.Text(reply[0]);
            var claimed = Array.ConvertAll(RedisReply.Items(reply[1]), RedisReply.Position);

            // From Redis 7.0 on: entries without data, which have left the pending list by this.
            foreach (var lost in reply.Length > 2 ? RedisReply.Items(reply[2]) : [])
            {
                await dispatcher.DispatchAsync(new PendingEntry(new RawEntry(RedisReply.Position(lost), null, IsLost: true), 1), stop);
            }

            var dispatched = await dispatcher.TakeAndDispatchAsync(
                [.. claimed.Where(position => !inFlight.Contains(position))], pending, countDelivery: true, stop);
            if (dispatched > 0)
            {
                logger.TakenOver(identity.Stream, identity.Group, dispatched);
                metrics.Claimed(identity.Group, dispatched);
            }
        }
        while (cursor != End);
    }
}
