using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Tables;
using RedisFlow.Streams.EntityFrameworkCore.Telemetry;

namespace RedisFlow.Streams.EntityFrameworkCore.Publishing;

/// <summary>
/// Publishes events right after their commit. What is committed must not look like a failure to the caller, so nothing
/// is thrown: what cannot be published now, the relay publishes.
/// </summary>
internal sealed class ImmediatePublisher<TContext>(
    OutboxStream<TContext> stream,
    OutboxSql<TContext> sql,
    IOptions<OutboxOptions> options,
    DatabaseMetrics metrics,
    TimeProvider time,
    ILogger<ImmediatePublisher<TContext>> logger
)
    where TContext : DbContext
{
    /// <summary>More than this is left to the relay.</summary>
    private const int MaxEvents = 256;

    private readonly OutboxOptions _options = options.Value;
    private long _restsUntil = long.MinValue;

    /// <summary>Publishes committed events, and those of their subjects that were committed before.</summary>
    public async Task<OutboxReceipt> PublishAsync(TContext db, IReadOnlyList<TrackedEvent> events)
    {
        MessagePosition? position = null;
        if (events.Count > 0)
        {
            // Not the caller's token: the events are committed, whether it waits or not.
            using var limit = new CancellationTokenSource(_options.PublishTimeout, time);
            position = await TryPublishAsync(db, events, limit.Token).ConfigureAwait(false);
            if (position is null)
            {
                metrics.Deferred(typeof(TContext), events.Count);
                await WakeRelayAsync(db, limit.Token).ConfigureAwait(false);
            }
        }

        return new OutboxReceipt([.. events.Select(tracked => tracked.MessageId)], position);
    }

    private async Task<MessagePosition?> TryPublishAsync(
        TContext db,
        IReadOnlyList<TrackedEvent> events,
        CancellationToken cancellationToken
    )
    {
        if (time.GetTimestamp() < Volatile.Read(ref _restsUntil))
        {
            return null;
        }

        MessagePosition? last = null;
        try
        {
            IReadOnlyList<TrackedEvent> inOrder =
            [
                .. await EarlierAsync(db, events, cancellationToken).ConfigureAwait(false),
                .. events.OrderBy(tracked => tracked.Id),
            ];
            if (inOrder.Count > MaxEvents)
            {
                return null;
            }

            var positions = await stream
                .Envelopes.PublishAsync(
                    [.. inOrder.Select(tracked => StreamMessage.Parser.ParseFrom(tracked.Envelope))],
                    cancellationToken
                )
                .ConfigureAwait(false);
            last = positions[^1];
            await StoreAsync(db, inOrder, positions, cancellationToken).ConfigureAwait(false);
            metrics.Published(typeof(TContext), inOrder.Count, DatabaseMetrics.Immediate);
        }
#pragma warning disable CA1031 // Committed is committed. The relay does what could not be done here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (last is null)
            {
                // While Redis is away, not each write waits for it.
                Volatile.Write(
                    ref _restsUntil,
                    time.GetTimestamp() + (long)(_options.PollInterval.TotalSeconds * time.TimestampFrequency)
                );
            }

            logger.LeftToRelay(exception, typeof(TContext).Name, events.Count);
        }

        return last;
    }

    /// <summary>Events of the same subjects that were committed before and are not published yet.</summary>
    private static Task<List<TrackedEvent>> EarlierAsync(
        TContext db,
        IReadOnlyList<TrackedEvent> events,
        CancellationToken cancellationToken
    )
    {
        string[] subjects = [.. events.Select(tracked => tracked.Subject).Distinct()];
        string[] own = [.. events.Select(tracked => tracked.MessageId)];
        var end = events.Max(tracked => tracked.Id);
        return db.Set<TrackedEvent>()
            .AsNoTracking()
            .Where(row =>
                row.Status == TrackedEventStatus.Pending
                && subjects.Contains(row.Subject)
                && row.Id < end
                && !own.Contains(row.MessageId)
            )
            .OrderBy(row => row.Id)
            .Take(MaxEvents)
            .ToListAsync(cancellationToken);
    }

    private Task<int> StoreAsync(
        TContext db,
        IReadOnlyList<TrackedEvent> events,
        IReadOnlyList<MessagePosition> positions,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlRawAsync(
            sql.StorePositions,
            [
                events.Select(tracked => tracked.MessageId).ToArray(),
                positions.Select(position => position.ToString()).ToArray(),
            ],
            cancellationToken
        );

    private async Task WakeRelayAsync(TContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db
                .Database.ExecuteSqlRawAsync(
                    $"SELECT pg_notify('{OutboxSql<TContext>.Channel}', '')",
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The relay looks by itself, too.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.RelayNotWoken(exception, typeof(TContext).Name);
        }
    }
}
