using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Pending;

/// <summary>This consumer's part of the group's pending list.</summary>
internal sealed class PendingList(ConsumerIdentity identity, SharedRedis redis)
{
    /// <summary>The positions of one page of the consumer's pending entries, oldest first.</summary>
    /// <param name="after">The last position of the page before; <c>null</c> for the first page.</param>
    /// <param name="count">The page's size.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<MessagePosition>> PageAsync(
        MessagePosition? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var pending = await redis
            .SendAsync(
                database =>
                    database.StreamPendingMessagesAsync(
                        identity.Source,
                        identity.Group,
                        count,
                        identity.Consumer,
                        minId: after is null ? "-" : $"({after}"
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return Array.ConvertAll(pending, entry => RedisReply.Position(entry.MessageId));
    }

    /// <summary>
    /// Reads entries in order to handle them. Those that the consumer does not own (any more) are left out.
    /// </summary>
    /// <param name="positions">The entries.</param>
    /// <param name="countDelivery">Whether this is a delivery in its own right, which counts against the
    /// maximum.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<RawEntry>> TakeAsync(
        IReadOnlyCollection<MessagePosition> positions,
        bool countDelivery,
        CancellationToken cancellationToken
    )
    {
        if (positions.Count == 0)
        {
            return [];
        }

        var reply = await redis
            .RunAsync(
                StreamScripts.TakePending,
                [identity.Source],
                [
                    identity.Group,
                    identity.Consumer,
                    countDelivery ? 1 : 0,
                    .. positions.Select(position => (RedisValue)position.ToString()),
                ],
                cancellationToken
            )
            .ConfigureAwait(false);
        return Array.ConvertAll(RedisReply.Items(reply), RawEntry.FromPending);
    }

    /// <summary>Renews the lease of those entries that are (still) the consumer's.</summary>
    /// <param name="positions">The entries.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Those whose lease was renewed.</returns>
    public async Task<IReadOnlyList<MessagePosition>> RenewAsync(
        IReadOnlyList<MessagePosition> positions,
        CancellationToken cancellationToken
    )
    {
        var reply = await redis
            .RunAsync(
                StreamScripts.RenewLease,
                [identity.Source],
                [identity.Group, identity.Consumer, .. positions.Select(position => (RedisValue)position.ToString())],
                cancellationToken
            )
            .ConfigureAwait(false);
        return Array.ConvertAll(RedisReply.Items(reply), RedisReply.Position);
    }
}
