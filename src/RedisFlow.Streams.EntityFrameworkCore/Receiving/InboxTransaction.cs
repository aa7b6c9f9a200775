using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.EntityFrameworkCore.Publishing;
using RedisFlow.Streams.EntityFrameworkCore.Telemetry;

namespace RedisFlow.Streams.EntityFrameworkCore.Receiving;

/// <summary>
/// Handles a message in one transaction with the note that it was handled, with the changes of its handlers, and with
/// the events that they publish.
/// </summary>
internal sealed class InboxTransaction<TContext>(
    TContext db,
    Inbox<TContext> inbox,
    InboxGroups<TContext> groups,
    IServiceProvider services,
    DatabaseMetrics metrics,
    ILogger<InboxTransaction<TContext>> logger
) : IStreamHandlerMiddleware
    where TContext : DbContext
{
    // Handlers publish only where the context has an outbox.
    private readonly EventWriter<TContext>? _writer = services.GetService<EventWriter<TContext>>();
    private readonly ImmediatePublisher<TContext>? _publisher = services.GetService<ImmediatePublisher<TContext>>();

    /// <inheritdoc/>
    public async Task HandleAsync(
        StreamDelivery delivery,
        Func<CancellationToken, Task> next,
        CancellationToken cancellationToken
    )
    {
        var events = await db
            .Database.CreateExecutionStrategy()
            .ExecuteAsync(token => TryHandleAsync(delivery, next, token), cancellationToken)
            .ConfigureAwait(false);
        if (_publisher is not null)
        {
            await _publisher.PublishAsync(db, events).ConfigureAwait(false);
        }
    }

    /// <returns>The events that the handlers published.</returns>
    private async Task<IReadOnlyList<TrackedEvent>> TryHandleAsync(
        StreamDelivery delivery,
        Func<CancellationToken, Task> next,
        CancellationToken cancellationToken
    )
    {
        db.ChangeTracker.Clear();
        var transaction = await db.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var disposed = transaction.ConfigureAwait(false);
        var stream = groups.StreamOf(delivery.Group);
        if (!await inbox.TryEnterAsync(db, stream, delivery, cancellationToken).ConfigureAwait(false))
        {
            metrics.Duplicate(typeof(TContext), delivery.Group);
            logger.HandledBefore(delivery.Group, delivery.Message.MessageId, delivery.Position);
            return [];
        }

        await next(cancellationToken).ConfigureAwait(false);
        if (_writer is not null && EventWriter<TContext>.HasSaved(db))
        {
            throw new InvalidOperationException(
                "A handler has saved events itself, without the lock that gives them their order. Leave the save to "
                    + "the transaction, or save before the events are published."
            );
        }

        var events = _writer is null ? [] : EventWriter<TContext>.Added(db);
        if (events.Count > 0)
        {
            await _writer!.LockSubjectsAsync(db, events, cancellationToken).ConfigureAwait(false);
        }

        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        metrics.Handled(typeof(TContext), delivery.Group);
        return events;
    }
}
