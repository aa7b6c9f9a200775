using Microsoft.EntityFrameworkCore;
using RedisFlow.Streams.EntityFrameworkCore.Tables;

namespace RedisFlow.Streams.EntityFrameworkCore.Publishing;

/// <summary>Saves changes with their events in one transaction.</summary>
internal sealed class EventWriter<TContext>(OutboxSql<TContext> sql)
    where TContext : DbContext
{
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

        // A connection that breaks during COMMIT leaves its outcome unknown. The event's row tells.
        var proof = events[0].MessageId;
        await db
            .Database.CreateExecutionStrategy()
            .ExecuteInTransactionAsync(
                (db, events),
                async (save, token) =>
                {
                    await LockSubjectsAsync(save.db, save.events, token).ConfigureAwait(false);
                    await save.db.SaveChangesAsync(acceptAllChangesOnSuccess: false, token).ConfigureAwait(false);
                },
                (save, token) =>
                    save.db.Set<TrackedEvent>().AsNoTracking().AnyAsync(row => row.MessageId == proof, token),
                cancellationToken
            )
            .ConfigureAwait(false);
        db.ChangeTracker.AcceptAllChanges();
        return events;
    }

    /// <summary>The events that the next save of the context writes, in the order in which they were added.</summary>
    public static IReadOnlyList<TrackedEvent> Added(TContext db) =>
        [
            .. db
                .ChangeTracker.Entries<TrackedEvent>()
                .Where(entry => entry.State == EntityState.Added)
                .Select(entry => entry.Entity),
        ];

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
            [events.Select(tracked => tracked.Subject).Distinct().ToArray()],
            cancellationToken
        );
}
