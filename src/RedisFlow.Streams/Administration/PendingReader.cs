using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using StackExchange.Redis;

namespace RedisFlow.Streams.Administration;

/// <summary>Reads what a group holds. Reads only: neither idle times nor delivery counts change.</summary>
internal sealed class PendingReader(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] UnknownGroups unknown
)
{
    private const int MostPerPage = 1000;

    public async Task<IReadOnlyList<PendingMessage>> PageAsync(
        string group,
        PendingFilter? filter,
        MessagePosition? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostPerPage);
        var minIdle = filter?.MinIdle ?? TimeSpan.Zero;
        ArgumentOutOfRangeException.ThrowIfLessThan(minIdle, TimeSpan.Zero, nameof(filter));
        try
        {
            var pending = await redis
                .SendAsync(
                    database =>
                        database.StreamPendingMessagesAsync(
                            stream.Keys.Stream,
                            group,
                            count,
                            filter?.Consumer ?? RedisValue.Null,
                            minId: after is null ? "-" : $"({after}",
                            maxId: null,
                            minIdle == TimeSpan.Zero ? null : (long)minIdle.TotalMilliseconds,
                            CommandFlags.DemandMaster
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return Array.ConvertAll(pending, message => Parse(group, message));
        }
        catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
        {
            throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false);
        }
    }

    private static PendingMessage Parse(string group, StreamPendingMessageInfo pending) =>
        new(
            group,
            RedisReply.Position(pending.MessageId),
            (string)pending.ConsumerName!,
            TimeSpan.FromMilliseconds(pending.IdleTimeInMilliseconds),
            pending.DeliveryCount
        );
}
