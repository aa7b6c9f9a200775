using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Streams.EntityFrameworkCore.Tables;

/// <summary>The inbox's statements that LINQ cannot say, with the names that the model of the context gives.</summary>
internal sealed class InboxSql<TContext>
    where TContext : DbContext
{
    public InboxSql(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        var inbox = TableNames.Of<InboxEntry>(db, "AddInbox()");
        var watermarks = TableNames.Of<InboxWatermark>(db, "AddInbox()");

        // {0}: stream, {1}: group, {2}: message id, {3} and {4}: position, {5}: milliseconds. Affects one row if the
        // message is new. Another transaction that has the same message is waited for: if it commits, the message is
        // not new. If its process is frozen, it ends after the milliseconds.
        Enter = $$"""
            INSERT INTO {{inbox}} (stream, group_name, message_id, position_ms, position_seq, handled_at)
            SELECT {0}, {1}, {2}, {3}, {4}, now()
            WHERE set_config('idle_in_transaction_session_timeout', {5}, true) <> '' AND NOT EXISTS (
              SELECT FROM {{watermarks}}
              WHERE stream = {0} AND group_name = {1} AND (position_ms, position_seq) >= ({3}, {4}))
            ON CONFLICT DO NOTHING
            """;

        // {0}: stream, {1}: group, {2} and {3}: position. Never goes back: a group that was recreated begins again, and
        // what comes then was handled all the same.
        Settle = $$"""
            INSERT INTO {{watermarks}} AS watermark (stream, group_name, position_ms, position_seq)
            VALUES ({0}, {1}, {2}, {3})
            ON CONFLICT (stream, group_name) DO UPDATE
            SET position_ms = excluded.position_ms, position_seq = excluded.position_seq
            WHERE (watermark.position_ms, watermark.position_seq) < (excluded.position_ms, excluded.position_seq)
            """;

        // {0}: stream, {1}: group, {2}: seconds, {3}: how many at most.
        RemoveOld = $$"""
            DELETE FROM {{inbox}} WHERE ctid IN (
              SELECT inbox.ctid
              FROM {{inbox}} AS inbox
              JOIN {{watermarks}} AS watermark USING (stream, group_name)
              WHERE inbox.stream = {0} AND inbox.group_name = {1}
                AND inbox.handled_at < now() - make_interval(secs => {2})
                AND (inbox.position_ms, inbox.position_seq) <= (watermark.position_ms, watermark.position_seq)
              LIMIT {3})
            """;
    }

    /// <summary>Notes a message, unless it was handled.</summary>
    public string Enter { get; }

    /// <summary>Notes how far a group has settled everything.</summary>
    public string Settle { get; }

    /// <summary>Removes ids that are not needed any more.</summary>
    public string RemoveOld { get; }
}
