using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;

namespace RedisFlow.Caching.Loading;

/// <summary>
/// What a read does that memory cannot answer: it joins the load of its key, or begins and runs it, and waits.
/// </summary>
internal sealed class ReadThrough(
    PolicyTable policies,
    L1Reader l1,
    SharedLoads loads,
    LoadRunner runner,
    LoadWaiter waiter,
    Serializers serializers
)
{
    /// <summary>Reads a value that is not in memory.</summary>
    public async ValueTask<T> ReadAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? call,
        string[] tags,
        CancellationToken cancellationToken
    )
    {
        var plan = new EntryPlan(policies.Of(key), call);
        if (l1.TryReadStale<T>(key, plan, onlyIfLeftAlone: true, out var stale))
        {
            plan.Policy.Statistics.RecordRead(CacheOutcome.Stale);
            return stale;
        }

        var (load, isNew) = loads.JoinOrBegin<T>(key, tags, plan);
        if (isNew)
        {
            _ = runner.RunAsync(load, state, factory);
        }

        var loaded = await waiter.WaitAsync(load, plan, cancellationToken).ConfigureAwait(false);
        plan.Policy.Statistics.RecordRead(loaded.Outcome);
        return isNew && !load.HasGivenWay ? loaded.Value : CopyOf(loaded);
    }

    /// <summary>
    /// Reloads an entry that is still served. No caller waits for it, so it does not begin on the caller's thread.
    /// </summary>
    public void Refresh<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? call,
        IEnumerable<string>? tags
    )
    {
        var plan = new EntryPlan(policies.Of(key), call);
        if (loads.TryBeginRefresh<T>(key, EntryTags.Validate(tags), plan) is { } load)
        {
            plan.Policy.Statistics.EagerRefreshes.Add();
            _ = Task.Run(() => runner.RunAsync(load, state, factory));
        }
    }

    /// <summary>
    /// What a caller gets of a load that another one began: a copy, unless the value cannot change, or no copy can be
    /// made.
    /// </summary>
    private T CopyOf<T>(Loaded<T> loaded) =>
        loaded.Payload is { } payload && !Immutability.IsImmutable(loaded.Value)
            ? serializers.Deserialize<T>(payload)
            : loaded.Value;
}
