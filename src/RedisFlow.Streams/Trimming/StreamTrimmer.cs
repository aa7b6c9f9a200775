using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Trimming;

/// <summary>
/// Trims the stream by its groups' watermark and by age. Safe on any number of instances at once, without a lock.
/// </summary>
internal sealed class StreamTrimmer(
    SharedRedis redis,
    ServerTier server,
    MaintenanceInstruments instruments,
    [FromKeyedServices] StreamContext stream,
    ILogger<StreamTrimmer> logger
)
{
    /// <summary>
    /// Entries removed per script, so that other clients wait some milliseconds at most; between scripts they have
    /// their turn.
    /// </summary>
    internal const int EntriesPerRun = 10_000;

    /// <summary>
    /// With more entries pending than this, looking for settled ones among them would hold other clients up.
    /// </summary>
    internal const int MostPending = 20_000;

    /// <summary>Removes everything that may be removed now.</summary>
    public async Task<TrimResult> TrimAsync(CancellationToken cancellationToken)
    {
        var retention = stream.Options.Retention;
        if (retention == Timeout.InfiniteTimeSpan)
        {
            return new TrimResult(
                stream.Name,
                0,
                new TrimHold(TrimHoldReason.Retention, null, MessagePosition.Beginning)
            );
        }

        RedisValue[] arguments =
        [
            (long)retention.TotalMilliseconds,
            EntriesPerRun,
            (await server.GetAsync(cancellationToken).ConfigureAwait(false)).HasAckDel ? 1 : 0,
            MostPending,
        ];
        var removed = 0L;
        while (true)
        {
            var reply = RedisReply.Items(
                await redis
                    .RunAsync(
                        StreamScripts.Trim,
                        [stream.Keys.Stream, stream.Keys.Groups],
                        arguments,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            );
            var now = RedisReply.Integer(reply[0]);
            instruments.Trimmed(stream.Name, now);
            removed += now;
            if (RedisReply.Integer(reply[1]) == 0)
            {
                var result = new TrimResult(stream.Name, removed, HoldOf(reply));
                logger.Trimmed(stream.Name, result.Removed, result.Hold);
                return result;
            }
        }
    }

    private static TrimHold? HoldOf(RedisResult[] reply)
    {
        TrimHoldReason? reason = RedisReply.Text(reply[2]) switch
        {
            "pending" => TrimHoldReason.Pending,
            "delivered" => TrimHoldReason.NotDelivered,
            "missing" => TrimHoldReason.GroupMissing,
            "nogroups" => TrimHoldReason.NoGroups,
            "retention" => TrimHoldReason.Retention,
            _ => null,
        };
        var group = RedisReply.Text(reply[3]);
        return reason is null
            ? null
            : new TrimHold(reason.Value, group.Length == 0 ? null : group, RedisReply.Position(reply[4]));
    }
}
