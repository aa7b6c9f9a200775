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
            position = await TryPublishAsync(db, events).ConfigureAwait(false);
            if (position is null)
            {
                metrics.Deferred(typeof(TContext), events.Count);
                await WakeRelayAsync(db).ConfigureAwait(false);
            }
        }

        return new OutboxReceipt([.. events.Select(tracked => tracked.MessageId)], position);
    }

    private async Task<MessagePosition?> TryPublishAsync(TContext db, IReadOnlyList<TrackedEvent> events)
    {
        MessagePosition? last = null;
        try
        {
            // Not the caller's token: the events are committed, whether it waits or not.
            using var limit = Limit();
            IReadOnlyList<TrackedEvent> inOrder =
            [
                .. await EarlierAsync(db, events, limit.Token).ConfigureAwait(false),
                .. events.OrderBy(tracked => tracked.Id),
            ];
            if (
                inOrder.Count > MaxEvents
                || await SendAsync(inOrder, limit.Token).ConfigureAwait(false) is not { } positions
            )
            {
                return null;
            }

            last = positions[^1];
            metrics.Published(
                typeof(TContext),
                await StoreAsync(db, inOrder, positions, limit.Token).ConfigureAwait(false),
                DatabaseMetrics.Immediate
            );
        }
#pragma warning disable CA1031 // Committed is committed. The relay does what could not be done here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LeftToRelay(exception, typeof(TContext).Name, events.Count);
        }

        return last;
    }

    /// <returns>The positions; <c>null</c> while Redis is left alone after a failure.</returns>
    private async Task<IReadOnlyList<MessagePosition>?> SendAsync(
        IReadOnlyList<TrackedEvent> events,
        CancellationToken cancellationToken
    )
    {
        if (time.GetTimestamp() < Volatile.Read(ref _restsUntil))
        {
            return null;
        }

        try
        {
            return await stream
                .PublishAsync(events.Select(tracked => tracked.Envelope), cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            // While Redis is away, not each write waits for it.
            Volatile.Write(
                ref _restsUntil,
                time.GetTimestamp() + (long)(_options.PollInterval.TotalSeconds * time.TimestampFrequency)
            );
            throw;
        }
    }

    private CancellationTokenSource Limit() => new(_options.PublishTimeout, time);

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

    private async Task WakeRelayAsync(TContext db)
    {
        try
        {
            using var limit = Limit();
            await db
                .Database.ExecuteSqlRawAsync($"SELECT pg_notify('{OutboxSql<TContext>.Channel}', '')", limit.Token)
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
