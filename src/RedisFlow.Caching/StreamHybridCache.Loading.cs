using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching;

// One load: Redis, then the source, then both levels are filled, each guarded by what the ticket says.
public sealed partial class StreamHybridCache
{
    private async Task RunAsync<TState, T>(
        SharedLoadId id,
        SharedLoad<T> flight,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory
    )
    {
        LoadLease? lease = null;
        try
        {
            await _probe.AtAsync(FillStage.Begun, flight.Key).ConfigureAwait(false);
            var found = await FindInL2Async(flight).ConfigureAwait(false);
            if (found is null)
            {
                (lease, found) = await LeaseAsync(flight).ConfigureAwait(false);
            }

            var (loaded, toStore) = found is { } hit
                ? (hit, null)
                : await LoadAsync(flight, state, factory).ConfigureAwait(false);
            _sharedLoads.TryRemove(KeyValuePair.Create<SharedLoadId, SharedLoad>(id, flight));
            flight.Complete(loaded);

            // The callers do not wait for this; the script sees to it that a late write does no harm.
            if (toStore is not null)
            {
                await _probe.AtAsync(FillStage.L1Stored, flight.Key).ConfigureAwait(false);
                await _writer.StoreInL2Async(flight.Key, toStore, flight.Ticket, flight.Plan).ConfigureAwait(false);
                await _probe.AtAsync(FillStage.L2Stored, flight.Key).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // Not swallowed: every caller gets it.
            _sharedLoads.TryRemove(KeyValuePair.Create<SharedLoadId, SharedLoad>(id, flight));
            Failed(flight, exception);
            flight.Fail(exception);
        }
        finally
        {
            if (lease is not null)
            {
                await _lease.ReleaseAsync(lease).ConfigureAwait(false);
            }
        }
    }

    private async Task<Loaded<T>?> FindInL2Async<T>(SharedLoad<T> flight)
    {
        if (!flight.UsesCache || flight.SkipsL2 || flight.Plan.Has(HybridCacheEntryFlags.DisableDistributedCacheRead))
        {
            return null;
        }

        var begun = _time.GetTimestamp();
        var entry = await _l2.ReadAsync(flight.Key).ConfigureAwait(false);
        flight.Plan.Policy.Statistics.L2.Add(_time.GetElapsedTime(begun));
        await _probe.AtAsync(FillStage.L2Read, flight.Key).ConfigureAwait(false);
        return entry is null ? null : Use(flight, entry);
    }

    /// <summary>Lets one process load, and the others wait for what it brings, where the policy says so.</summary>
    /// <returns>The lease, if the load is to be made here, and what was found in Redis, if it need not be made at
    /// all.</returns>
    private async Task<(LoadLease? Lease, Loaded<T>? Found)> LeaseAsync<T>(SharedLoad<T> flight)
    {
        if (
            flight.Plan.Policy.LoadLease is not { } length
            || !flight.UsesCache
            || flight.Plan.Has(HybridCacheEntryFlags.DisableUnderlyingData)
        )
        {
            return (null, null);
        }

        // A load that another process has finished since Redis was read leaves its entry and no lease: so the entry is
        // looked for once more.
        var lease = await _lease.TryAcquireAsync(flight.Key, length).ConfigureAwait(false);
        var entry =
            lease is null
                ? (
                    await _lease
                        .WaitForEntryAsync(
                            flight.Key,
                            length,
                            MayUse,
                            (Cache: this, SharedLoad: flight),
                            flight.Abandoned
                        )
                        .ConfigureAwait(false)
                ).Entry
            : flight.SkipsL2 ? null
            : await _l2.ReadAsync(flight.Key).ConfigureAwait(false);
        await _probe.AtAsync(FillStage.Leased, flight.Key).ConfigureAwait(false);
        return (lease, entry is null ? null : Use(flight, entry));

        static bool MayUse((StreamHybridCache Cache, SharedLoad<T> SharedLoad) waiter, L2Entry entry) =>
            entry.Expires > waiter.Cache._time.GetUtcNow()
            && (!waiter.SharedLoad.SkipsL2 || entry.Created > waiter.SharedLoad.BegunAt)
            && waiter.Cache._log.IsStoredCurrent(
                waiter.SharedLoad.Ticket,
                entry.AsOf,
                waiter.SharedLoad.Key,
                entry.Tags,
                out _
            );
    }

    private async Task<(Loaded<T> Loaded, L2Entry? ToStore)> LoadAsync<TState, T>(
        SharedLoad<T> flight,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory
    )
    {
        var plan = flight.Plan;
        if (plan.Has(HybridCacheEntryFlags.DisableUnderlyingData))
        {
            return (new Loaded<T>(default!, null, CacheOutcome.Miss), null);
        }

        NestedLoads.Enter(flight);
        var begun = _time.GetTimestamp();
        var value = await factory(state, flight.Abandoned).ConfigureAwait(false);
        var duration = _time.GetElapsedTime(begun);
        plan.Policy.Statistics.Loads.Add(duration);
        _instruments.RecordLoad(_options.Service, plan.Policy, duration);
        await _probe.AtAsync(FillStage.Loaded, flight.Key).ConfigureAwait(false);
        var encoded = _encoder.Encode(flight.Key, value);
        var toStore = flight.UsesCache ? _writer.Store(flight.Key, flight.Tags, encoded, flight.Ticket, plan) : null;
        return (new Loaded<T>(encoded.Value, encoded.Payload, CacheOutcome.Miss), toStore);
    }

    private void Failed(SharedLoad flight, Exception exception)
    {
        if (flight.WasAbandoned)
        {
            return;
        }

        var policy = flight.Plan.Policy;
        policy.Statistics.LoadFailures.Add();
        if (!_options.IsSourceFault(exception))
        {
            return;
        }

        var present = _l1.GetStale(flight.Key);
        if (present is not null)
        {
            // The source is left alone for a moment, whether the entry has expired or is to be refreshed.
            var retryAt = _clock.After(policy.FailSafeRetry);
            present.LeftAloneUntil = retryAt;
            if (flight.SkipsL2)
            {
                present.RefreshAt = retryAt;
            }
        }

        // A caller that waits gets the exception; in these cases no caller does.
        if ((present is not null || flight.IsDetached) && _notLoaded.MayLog())
        {
            CacheLog.LoadFailed(_logger, flight.Key, exception);
        }
    }
}
