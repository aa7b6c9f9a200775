using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Settings;
using RedisFlow.Streams.EntityFrameworkCore.Tables;

namespace RedisFlow.Streams.EntityFrameworkCore.Receiving;

/// <summary>Which messages have their effects in the database.</summary>
internal sealed class Inbox<TContext>(InboxSql<TContext> sql, IOptions<InboxOptions> options)
    where TContext : DbContext
{
    private const int RemovedAtOnce = 10_000;

    private readonly string _idleTimeout = Milliseconds.Text(options.Value.IdleTimeout);

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
                    IdOf(delivery),
                    Part(delivery.Position.Milliseconds),
                    Part(delivery.Position.Sequence),
                    _idleTimeout,
                ],
                cancellationToken
            )
            .ConfigureAwait(false) == 1;

    /// <summary>
    /// Notes that a group has settled everything up to a position, and removes ids that are old. The note stays behind
    /// by the time for which ids are kept: what is younger they tell, and more exactly.
    /// </summary>
    public async Task CleanUpAsync(
        TContext db,
        string stream,
        string group,
        MessagePosition settled,
        MessagePosition last,
        CancellationToken cancellationToken
    )
    {
        var retention = options.Value.Retention;
        var age = (ulong)retention.TotalMilliseconds;
        var old = new MessagePosition(last.Milliseconds > age ? last.Milliseconds - age : 0, 0);
        var watermark = settled < old ? settled : old;
        await db
            .Database.ExecuteSqlRawAsync(
                sql.Settle,
                [stream, group, Part(watermark.Milliseconds), Part(watermark.Sequence)],
                cancellationToken
            )
            .ConfigureAwait(false);
        int removed;
        do
        {
            removed = await db
                .Database.ExecuteSqlRawAsync(
                    sql.RemoveOld,
                    [stream, group, retention.TotalSeconds, RemovedAtOnce],
                    cancellationToken
                )
                .ConfigureAwait(false);
        } while (removed == RemovedAtOnce);
    }

    // What another program published may have no id. It is told by its position, in a form that no id has.
    private static string IdOf(StreamDelivery delivery) =>
        delivery.Message.MessageId is { Length: > 0 } id ? id : $"at {delivery.Position}";

    // Redis counts further than the database; a clock and a counter do not get there.
    private static long Part(ulong part) => part > long.MaxValue ? long.MaxValue : (long)part;
}
