using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Publishing;
using RedisFlow.Streams.EntityFrameworkCore.Telemetry;

namespace RedisFlow.Streams.EntityFrameworkCore.Relaying;

/// <summary>Publishes pending events in their order.</summary>
internal sealed class EventSweep<TContext>(
    OutboxStream<TContext> stream,
    RelayStore<TContext> store,
    IOptions<OutboxOptions> options,
    DatabaseMetrics metrics,
    TimeProvider time
)
    where TContext : DbContext
{
    /// <summary>
    /// Publishes a batch. Not from where the last one ended: a transaction with a lower number may commit later.
    /// Numbers of one subject are in the order of the commits.
    /// </summary>
    /// <returns>How many events it found.</returns>
    public async Task<int> PublishAsync(TContext db, long fence, CancellationToken cancellationToken)
    {
        var events = await Pending(db)
            .OrderBy(row => row.Id)
            .Take(options.Value.BatchSize)
            .Select(row => new { row.MessageId, row.Envelope })
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        if (events.Count == 0)
        {
            return 0;
        }

        string[] ids = [.. events.Select(row => row.MessageId)];
        try
        {
            var positions = await stream
                .PublishAsync(events.Select(row => row.Envelope), cancellationToken)
                .ConfigureAwait(false);
            await StoreAsync(db, fence, ids, positions, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamPublishException exception) when (exception.Confirmed.Count > 0)
        {
            // What is confirmed need not be published again.
            await StoreAsync(db, fence, ids[..exception.Confirmed.Count], exception.Confirmed, cancellationToken)
                .ConfigureAwait(false);
            throw;
        }

        return events.Count;
    }

    private async Task StoreAsync(
        TContext db,
        long fence,
        IReadOnlyList<string> ids,
        IReadOnlyList<MessagePosition> positions,
        CancellationToken cancellationToken
    ) =>
        metrics.Published(
            typeof(TContext),
            await store.StoreAsync(db, fence, ids, positions, cancellationToken).ConfigureAwait(false),
            DatabaseMetrics.Relay
        );

    /// <summary>What is left.</summary>
    public async Task<PendingEvents> CountAsync(TContext db, CancellationToken cancellationToken)
    {
        var count = await Pending(db).LongCountAsync(cancellationToken).ConfigureAwait(false);
        var oldest =
            count == 0
                ? null
                : await Pending(db)
                    .MinAsync(row => (DateTimeOffset?)row.CreatedAt, cancellationToken)
                    .ConfigureAwait(false);
        var age = time.GetUtcNow() - oldest;
        return new PendingEvents(count, age > TimeSpan.Zero ? age.Value : TimeSpan.Zero);
    }

    private static IQueryable<TrackedEvent> Pending(TContext db) =>
        db.Set<TrackedEvent>().AsNoTracking().Where(row => row.Status == TrackedEventStatus.Pending);
}
