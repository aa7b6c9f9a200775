using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Streams.EntityFrameworkCore.Tables;

/// <summary>The outbox's statements that LINQ cannot say, with the names that the model of the context gives.</summary>
internal sealed class OutboxSql<TContext>
    where TContext : DbContext
{
    /// <summary>The channel on which a relay is woken. The payload is empty: it says that there is something.</summary>
    public const string Channel = "redisflow_outbox";

    public OutboxSql(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        var events = TableNames.Of<TrackedEvent>(db, "AddOutbox()");
        var leases = TableNames.Of<RelayLease>(db, "AddOutbox()");

        // {0}: subjects, {1}: milliseconds. In one order, or two transactions with the same subjects could wait for
        // each other. The locks end with the transaction, and that ends with its connection if its process is frozen:
        // what a frozen process locks, it would lock for all.
        LockSubjects = $$"""
            SELECT set_config('idle_in_transaction_session_timeout', {1}, true), pg_advisory_xact_lock(key)
            FROM (SELECT DISTINCT hashtextextended(subject, 0) AS key FROM unnest({0}) AS subject ORDER BY key) AS keys
            """;

        // {0}: message ids, {1}: positions in the same order. Published by the process that committed them.
        StorePositions = $$"""
            UPDATE {{events}} AS event
            SET status = 'published', position = stored.position, published_at = now()
            FROM unnest({0}, {1}) AS stored(message_id, position)
            WHERE event.message_id = stored.message_id AND event.status = 'pending'
            """;

        // As above; {2}: owner, {3}: fence. A relay that was frozen, and has lost its lease, stores nothing.
        StorePositionsAsOwner = $$"""
            {{StorePositions}}
              AND EXISTS (
                SELECT FROM {{leases}} AS lease
                WHERE lease.name = '{{RelayLease.RelayName}}' AND lease.owner = {2} AND lease.fence = {3})
            """;

        // {0}: owner, {1}: seconds. Returns the fence to the one that holds the lease now; nothing to all others.
        HoldLease = $$"""
            INSERT INTO {{leases}} AS lease (name, owner, fence, expires_at)
            VALUES ('{{RelayLease.RelayName}}', {0}, 1, clock_timestamp() + make_interval(secs => {1}))
            ON CONFLICT (name) DO UPDATE
            SET owner = excluded.owner, expires_at = excluded.expires_at,
                fence = lease.fence + CASE WHEN lease.owner = excluded.owner THEN 0 ELSE 1 END
            WHERE lease.owner = excluded.owner OR lease.expires_at < clock_timestamp()
            RETURNING lease.fence AS "Value"
            """;

        // {0}: owner.
        ReleaseLease = $$"""
            UPDATE {{leases}} SET expires_at = '-infinity' WHERE name = '{{RelayLease.RelayName}}' AND owner = {0}
            """;

        // {0}: seconds, {1}: how many at most.
        RemoveOld = $$"""
            DELETE FROM {{events}} WHERE id IN (
              SELECT id FROM {{events}}
              WHERE status <> 'pending' AND published_at < now() - make_interval(secs => {0})
              ORDER BY published_at LIMIT {1})
            """;
    }

    /// <summary>Takes subjects until the end of the transaction.</summary>
    public string LockSubjects { get; }

    /// <summary>Stores the positions of events that are published.</summary>
    public string StorePositions { get; }

    /// <summary>The same by a relay, while it has the lease.</summary>
    public string StorePositionsAsOwner { get; }

    /// <summary>Takes or renews the relay's lease.</summary>
    public string HoldLease { get; }

    /// <summary>Gives the lease up.</summary>
    public string ReleaseLease { get; }

    /// <summary>Removes events that were published long ago.</summary>
    public string RemoveOld { get; }
}
