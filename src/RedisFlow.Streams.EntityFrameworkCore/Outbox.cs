using Microsoft.EntityFrameworkCore;
using RedisFlow.Streams.EntityFrameworkCore.Publishing;

namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>
/// Publishes events with the changes that they tell of: both are saved in one transaction, so that neither exists
/// without the other. Scoped, like the context.
/// </summary>
/// <remarks>
/// <code>
/// company.Rename(name);
/// outbox.Publish(new Publication(new CompanyUpdated { … }, $"company/{company.Id}", "Renamed."));
/// var receipt = await outbox.SaveChangesAsync(cancellationToken);
/// </code>
/// After the commit the events are published at once. Where that is not possible, because Redis is away or an earlier
/// event of a subject is not published yet, the relay publishes them: in the order of the commits of each subject, and
/// each once within <see cref="StreamOptions.IdempotencyWindow"/>.
/// </remarks>
/// <typeparam name="TContext">The context that holds the changes; its model has <c>AddOutbox()</c>.</typeparam>
public sealed class Outbox<TContext>
    where TContext : DbContext
{
    private readonly TContext _db;
    private readonly OutboxStream<TContext> _stream;
    private readonly EventWriter<TContext> _writer;
    private readonly ImmediatePublisher<TContext> _publisher;

    internal Outbox(
        TContext db,
        OutboxStream<TContext> stream,
        EventWriter<TContext> writer,
        ImmediatePublisher<TContext> publisher
    )
    {
        _db = db;
        _stream = stream;
        _writer = writer;
        _publisher = publisher;
    }

    /// <summary>
    /// Adds an event to the changes of the context. The next save writes it; without a save nothing happens.
    /// </summary>
    /// <returns>The message's id.</returns>
    /// <exception cref="ArgumentException">The publication is refused, see <see cref="IStreamPublisher"/>.</exception>
    public string Publish(Publication publication)
    {
        var tracked = _stream.Create(publication);
        _db.Add(tracked);
        return tracked.MessageId;
    }

    /// <summary>
    /// Saves all changes of the context with their events in one transaction, and then publishes the events. Saves of
    /// the same subject wait for each other, so that the order of their events is that of their commits.
    /// </summary>
    /// <param name="cancellationToken">Ends the save. One that ends it during the commit leaves its outcome
    /// open.</param>
    /// <remarks>After an exception the context still has its changes, and no events: publish them again.</remarks>
    /// <exception cref="InvalidOperationException">
    /// The context has a transaction already: events are published after their commit, which would come later. Save
    /// there with <c>SaveChangesAsync</c> of the context; the relay publishes the events.
    /// </exception>
    /// <exception cref="DbUpdateConcurrencyException">Another write came first; nothing was saved.</exception>
    /// <exception cref="DbUpdateException">The database refused the changes; nothing was saved.</exception>
    public async Task<OutboxReceipt> SaveChangesAsync(CancellationToken cancellationToken = default)
    {
        if (_db.Database.CurrentTransaction is not null)
        {
            throw new InvalidOperationException(
                "The context has a transaction, and events are published after their commit. Save within it by "
                    + "SaveChangesAsync of the context, and let the relay publish them; or leave the transaction to "
                    + "the outbox."
            );
        }

        var events = await _writer.SaveAsync(_db, cancellationToken).ConfigureAwait(false);
        return await _publisher.PublishAsync(_db, events).ConfigureAwait(false);
    }
}
