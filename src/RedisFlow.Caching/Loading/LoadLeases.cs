using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L2;

namespace RedisFlow.Caching.Loading;

/// <summary>
/// Lets one process of the service load, and the others wait for what it brings, where the policy says so.
/// </summary>
internal sealed class LoadLeases(
    L2Lease leases,
    L2Cache l2,
    L2Reader reader,
    InvalidationLog log,
    TimeProvider time,
    IFillObserver observer
)
{
    /// <summary>Takes the lease of a load's key, or waits for its holder.</summary>
    /// <returns>The lease, if the load is to be made here, and what was found in Redis, if it need not be made at
    /// all.</returns>
    public async Task<(LoadLease? Lease, Loaded<T>? Found)> TakeOrWaitAsync<T>(SharedLoad<T> load)
    {
        if (
            load.Plan.Policy.LoadLease is not { } length
            || !load.UsesCache
            || load.Plan.Has(HybridCacheEntryFlags.DisableUnderlyingData)
        )
        {
            return (null, null);
        }

        // A load that another process has finished since Redis was read leaves its entry and no lease: so the entry is
        // looked for once more.
        var lease = await leases.TryAcquireAsync(load.Key, length).ConfigureAwait(false);
        var entry =
            lease is null
                ? (
                    await leases
                        .WaitForEntryAsync(
                            load.Key,
                            length,
                            static (waiter, entry) => waiter.Leases.MayUse(waiter.Load, entry),
                            (Leases: this, Load: load),
                            load.Abandoned
                        )
                        .ConfigureAwait(false)
                ).Entry
            : load.SkipsL2 ? null
            : await l2.ReadAsync(load.Key).ConfigureAwait(false);
        await observer.AtAsync(FillStage.Leased, load.Key).ConfigureAwait(false);
        return (lease, entry is null ? null : reader.Use(load, entry));
    }

    /// <summary>Gives the lease back, if the load has one: after its entry was stored.</summary>
    public Task ReleaseAsync(LoadLease? lease) => lease is null ? Task.CompletedTask : leases.ReleaseAsync(lease);

    private bool MayUse(SharedLoad load, L2Entry entry) =>
        entry.Expires > time.GetUtcNow()
        && (!load.SkipsL2 || entry.Created > load.BegunAt)
        && log.IsStoredCurrent(load.Ticket, entry.AsOf, load.Key, entry.Tags, out _);
}
