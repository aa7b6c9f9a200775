using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Storing;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching.Loading;

/// <summary>Gets a load's value from its source, and stores it in memory.</summary>
internal sealed class FactoryRunner(
    PayloadEncoder encoder,
    EntryWriter writer,
    CacheInstruments instruments,
    CachingOptions options,
    TimeProvider time,
    IFillObserver observer
)
{
    /// <summary>Runs the factory; it is cancelled when no caller waits any more.</summary>
    /// <returns>The value, and what is to be stored in Redis, or <c>null</c>.</returns>
    public async Task<(Loaded<T> Loaded, L2Entry? ToStore)> RunAsync<TState, T>(
        SharedLoad<T> load,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory
    )
    {
        var plan = load.Plan;
        if (plan.Has(HybridCacheEntryFlags.DisableUnderlyingData))
        {
            return (new Loaded<T>(default!, null, CacheOutcome.Miss), null);
        }

        NestedLoads.Enter(load);
        var begun = time.GetTimestamp();
        var value = await factory(state, load.Abandoned).ConfigureAwait(false);
        var duration = time.GetElapsedTime(begun);
        plan.Policy.Statistics.Loads.Add(duration);
        instruments.RecordLoad(options.Service, plan.Policy, duration);
        await observer.AtAsync(FillStage.Loaded, load.Key).ConfigureAwait(false);
        var encoded = encoder.Encode(load.Key, value);
        var toStore = load.UsesCache ? writer.Store(load.Key, load.Tags, encoded, load.Ticket, plan) : null;
        return (new Loaded<T>(encoded.Value, encoded.Payload, CacheOutcome.Miss), toStore);
    }
}
