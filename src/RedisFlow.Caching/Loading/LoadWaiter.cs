using RedisFlow.Caching.L1;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching.Loading;

/// <summary>
/// Waits for a load for one caller: for as long as the policy and the caller want to, and with an expired entry for the
/// case that it is slow or fails.
/// </summary>
internal sealed class LoadWaiter(L1Reader l1, CachingOptions options, CacheMetrics metrics, TimeProvider time)
{
    /// <summary>What the load brings, or what is served in its place. The caller leaves the load with it.</summary>
    /// <exception cref="CacheLoadTimeoutException">The policy's hard timeout is over, and nothing can be served in its
    /// place.</exception>
    public async ValueTask<Loaded<T>> WaitAsync<T>(
        SharedLoad<T> load,
        EntryPlan plan,
        CancellationToken cancellationToken
    )
    {
        var policy = plan.Policy;
        var begun = time.GetTimestamp();
        if (!load.UsesCache)
        {
            metrics.BlindReads.Add();
        }

        using var nested = new NestedLoads.Wait(load);
        try
        {
            nested.Begin();
            if (
                policy.SoftTimeout is { } soft
                && !await load.EndsWithinAsync(soft, time, cancellationToken).ConfigureAwait(false)
                && TryServeInstead<T>(load, plan, out var instead)
            )
            {
                return instead;
            }

            if (
                policy.HardTimeout is { } hard
                && !await load.EndsWithinAsync(Positive(hard - time.GetElapsedTime(begun)), time, cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                return TryServeInstead(load, plan, out instead)
                    ? instead
                    : throw new CacheLoadTimeoutException(load.Key, hard);
            }

            return await load.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (load.Completion.IsFaulted
                && options.IsSourceFault(exception)
                && TryReadStale<T>(load, plan, out var stale)
            )
        {
            // Not swallowed: the load itself counts it and logs it.
            return stale;
        }
        catch
        {
            policy.Statistics.RecordRead(CacheOutcome.Miss);
            throw;
        }
        finally
        {
            load.Leave();
        }
    }

    /// <summary>The time of a caller is over: the load goes on, and what is there is served.</summary>
    private bool TryServeInstead<T>(SharedLoad<T> load, EntryPlan plan, out Loaded<T> instead)
    {
        plan.Policy.Statistics.LoadTimeouts.Add();
        load.Detach(options.MaxLoadTime, time);
        return TryReadStale(load, plan, out instead);
    }

    private bool TryReadStale<T>(SharedLoad<T> load, EntryPlan plan, out Loaded<T> stale)
    {
        var isThere = l1.TryReadStale<T>(load.Key, plan, onlyIfLeftAlone: false, out var value);
        stale = isThere ? new Loaded<T>(value!, null, CacheOutcome.Stale) : default;
        return isThere;
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
