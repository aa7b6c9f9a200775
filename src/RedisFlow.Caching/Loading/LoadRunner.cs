using RedisFlow.Caching.L2;
using RedisFlow.Caching.Storing;

namespace RedisFlow.Caching.Loading;

/// <summary>
/// Runs one load: Redis, then the source, then both levels are filled, each guarded by what the ticket says.
/// </summary>
internal sealed class LoadRunner(
    SharedLoads loads,
    L2Reader l2,
    LoadLeases leases,
    FactoryRunner factories,
    EntryWriter writer,
    LoadFailures failures,
    IFillObserver observer
)
{
    /// <summary>Runs the load to its end, which is told to those who wait for it. Never fails itself.</summary>
    public async Task RunAsync<TState, T>(
        SharedLoad<T> load,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory
    )
    {
        LoadLease? lease = null;
        try
        {
            await observer.AtAsync(FillStage.Begun, load.Key).ConfigureAwait(false);
            var found = await l2.ReadAsync(load).ConfigureAwait(false);
            if (found is null)
            {
                (lease, found) = await leases.TakeOrWaitAsync(load).ConfigureAwait(false);
            }

            var (loaded, toStore) = found is { } hit
                ? (hit, null)
                : await factories.RunAsync(load, state, factory).ConfigureAwait(false);
            loads.Remove(load);
            load.Complete(loaded);

            // The callers do not wait for this; the script sees to it that a late write does no harm.
            if (toStore is not null)
            {
                await observer.AtAsync(FillStage.L1Stored, load.Key).ConfigureAwait(false);
                await writer.StoreInL2Async(load.Key, toStore, load.Ticket, load.Plan).ConfigureAwait(false);
                await observer.AtAsync(FillStage.L2Stored, load.Key).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // Not swallowed: every caller gets it.
            loads.Remove(load);
            load.Fail(failures.Count(load, exception));
        }
        finally
        {
            await leases.ReleaseAsync(lease).ConfigureAwait(false);
        }
    }
}
