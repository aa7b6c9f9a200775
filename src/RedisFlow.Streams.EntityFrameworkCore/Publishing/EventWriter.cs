using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Settings;
using RedisFlow.Streams.EntityFrameworkCore.Tables;

namespace RedisFlow.Streams.EntityFrameworkCore.Publishing;

/// <summary>Saves changes with their events in one transaction.</summary>
internal sealed class EventWriter<TContext>(OutboxSql<TContext> sql, IOptions<OutboxOptions> options)
    where TContext : DbContext
{
    private readonly string _idleTimeout = Milliseconds.Text(options.Value.IdleTimeout);

    /// <summary>Saves, and repeats the save where the context's execution strategy says so.</summary>
    /// <returns>The events that are committed, in the order in which they were added.</returns>
    public async Task<IReadOnlyList<TrackedEvent>> SaveAsync(TContext db, CancellationToken cancellationToken)
    {
        var events = Added(db);
        if (events.Count == 0)
        {
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return events;
        }

        try
        {
            await db
                .Database.CreateExecutionStrategy()
                .ExecuteInTransactionAsync(
                    (db, events),
                    async (save, token) =>
                    {
                        await LockSubjectsAsync(save.db, save.events, token).ConfigureAwait(false);
                        await save.db.SaveChangesAsync(acceptAllChangesOnSuccess: false, token).ConfigureAwait(false);
                    },
                    (save, token) => IsCommittedAsync(save.db, save.events, token),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch
        {
            // The caller may change something and save again: then these events would tell of what never happened.
            foreach (var tracked in events)
            {
                db.Entry(tracked).State = EntityState.Detached;
            }

            throw;
        }

        db.ChangeTracker.AcceptAllChanges();
        return events;
    }

    /// <summary>The events that the next save of the context writes, in the order in which they were added.</summary>
    public static IReadOnlyList<TrackedEvent> Added(TContext db) =>
        [
            .. db
                .ChangeTracker.Entries<TrackedEvent>()
                .Where(entry => entry.State == EntityState.Added)
                .OrderBy(entry => entry.Property(row => row.Id).CurrentValue)
                .Select(entry => entry.Entity),
        ];

    /// <summary>Whether events were saved already that were added since the context was cleared.</summary>
    public static bool HasSaved(TContext db) =>
        db.ChangeTracker.Entries<TrackedEvent>().Any(entry => entry.State == EntityState.Unchanged);

    /// <summary>
    /// Takes the subjects of the events for this transaction. The next save gets its number, and commits, after
    /// this one: numbers of a sequence alone are in the order of the inserts, and commits may overtake each other.
    /// </summary>
    public Task LockSubjectsAsync(
        TContext db,
        IReadOnlyList<TrackedEvent> events,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlRawAsync(
            sql.LockSubjects,
            [events.Select(tracked => tracked.Subject).Distinct().ToArray(), _idleTimeout],
            cancellationToken
        );

    /// <summary>
    /// Whether a save whose connection broke during COMMIT is committed: then its events are there. The old transaction
    /// may still be at work; its locks end with it.
    /// </summary>
    private async Task<bool> IsCommittedAsync(
        TContext db,
        IReadOnlyList<TrackedEvent> events,
        CancellationToken cancellationToken
    )
    {
        await LockSubjectsAsync(db, events, cancellationToken).ConfigureAwait(false);
        var id = events[0].MessageId;
        return await db.Set<TrackedEvent>()
            .AsNoTracking()
            .AnyAsync(row => row.MessageId == id, cancellationToken)
            .ConfigureAwait(false);
    }
}
