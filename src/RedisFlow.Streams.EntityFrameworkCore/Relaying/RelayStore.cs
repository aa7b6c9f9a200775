using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Tables;

namespace RedisFlow.Streams.EntityFrameworkCore.Relaying;

/// <summary>The relay's lease, and what else it does to the tables.</summary>
internal sealed class RelayStore<TContext>(OutboxSql<TContext> sql, IOptions<OutboxOptions> options)
    where TContext : DbContext
{
    private const int RemovedAtOnce = 1000;

    private readonly OutboxOptions _options = options.Value;

    /// <summary>This relay among all of them: no other process, and no earlier one of the same instance.</summary>
    public string Owner { get; } =
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}"
        );

    /// <summary>Takes or renews the lease.</summary>
    /// <returns>Its fence; <c>null</c> if another instance has it.</returns>
    public async Task<long?> HoldLeaseAsync(TContext db, CancellationToken cancellationToken)
    {
        var fences = await db
            .Database.SqlQueryRaw<long>(sql.HoldLease, Owner, _options.LeaseDuration.TotalSeconds)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return fences is [var fence] ? fence : null;
    }

    /// <summary>Gives the lease up.</summary>
    public Task ReleaseLeaseAsync(TContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(sql.ReleaseLease, [Owner], cancellationToken);

    /// <summary>Stores the positions of published events, if the lease is still this relay's.</summary>
    public Task<int> StoreAsync(
        TContext db,
        long fence,
        IReadOnlyList<string> messageIds,
        IReadOnlyList<MessagePosition> positions,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlRawAsync(
            sql.StorePositionsAsOwner,
            [messageIds.ToArray(), positions.Select(position => position.ToString()).ToArray(), Owner, fence],
            cancellationToken
        );

    /// <summary>Removes some of the events that were published longer ago than they are kept.</summary>
    public Task<int> RemoveOldAsync(TContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(
            sql.RemoveOld,
            [_options.Retention.TotalSeconds, RemovedAtOnce],
            cancellationToken
        );
}
