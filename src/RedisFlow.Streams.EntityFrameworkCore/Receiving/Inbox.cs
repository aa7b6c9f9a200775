using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Tables;

namespace RedisFlow.Streams.EntityFrameworkCore.Receiving;

/// <summary>Which messages have their effects in the database.</summary>
internal sealed class Inbox<TContext>(InboxSql<TContext> sql, IOptions<InboxOptions> options)
    where TContext : DbContext
{
    private const int RemovedAtOnce = 10_000;

    /// <summary>Notes a message in the current transaction.</summary>
    /// <returns>Whether it is new; <c>false</c>: its effects are committed.</returns>
    public async Task<bool> TryEnterAsync(
        TContext db,
        string stream,
        StreamDelivery delivery,
        CancellationToken cancellationToken
    ) =>
        await db
            .Database.ExecuteSqlRawAsync(
                sql.Enter,
                [
                    stream,
                    delivery.Group,
                    delivery.Message.MessageId,
                    Part(delivery.Position.Milliseconds),
                    Part(delivery.Position.Sequence),
                ],
                cancellationToken
            )
            .ConfigureAwait(false) == 1;

    /// <summary>Notes that a group has settled everything up to a position, and removes ids that are old.</summary>
    public async Task CleanUpAsync(
        TContext db,
        string stream,
        string group,
        MessagePosition settled,
        CancellationToken cancellationToken
    )
    {
        await db
            .Database.ExecuteSqlRawAsync(
                sql.Settle,
                [stream, group, Part(settled.Milliseconds), Part(settled.Sequence)],
                cancellationToken
            )
            .ConfigureAwait(false);
        await db
            .Database.ExecuteSqlRawAsync(
                sql.RemoveOld,
                [stream, group, options.Value.Retention.TotalSeconds, RemovedAtOnce],
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    // Redis counts further than the database; a clock and a counter do not get there.
    private static long Part(ulong part) => part > long.MaxValue ? long.MaxValue : (long)part;
}
