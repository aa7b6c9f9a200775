using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching;

// Waiting for a load: joining one in flight, and what a policy says of one that is slow or fails.
public sealed partial class StreamHybridCache
{
    private async ValueTask<T> LoadSharedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options,
        string[] tags,
        CancellationToken cancellationToken
    )
    {
        var plan = new EntryPlan(_policies.Of(key), options);
        if (_memory.TryReadStale<T>(key, plan, onlyIfLeftAlone: true, out var stale))
        {
            plan.Policy.Statistics.RecordRead(CacheOutcome.Stale);
            return stale;
        }

        var id = new SharedLoadId(key, plan.Flags, typeof(T));
        while (true)
        {
            if (!_sharedLoads.TryGetValue(id, out var present) || _tickets.IsTooOld(present.Ticket))
            {
                var flight = BeginSharedLoad<T>(key, tags, plan, skipsL2: false);
                if (TryEnter(id, flight))
                {
                    _ = RunAsync(id, flight, state, factory);
                    var loaded = await ReceiveAsync(flight, plan, cancellationToken).ConfigureAwait(false);
                    return flight.HasGivenWay ? Share(loaded, plan.Policy) : Own(loaded, plan.Policy);
                }

                continue;
            }

            // A load that began before an invalidation may bring what was invalidated: a caller that comes after it
            // starts another one.
            if (IsStillCurrent(present) && present.TryJoin())
            {
                return Share(
                    await ReceiveAsync((SharedLoad<T>)present, plan, cancellationToken).ConfigureAwait(false),
                    plan.Policy
                );
            }

            // Those who wait for it keep it; it only takes no more.
            _sharedLoads.TryRemove(KeyValuePair.Create(id, present));
        }
    }

    private SharedLoad<T> BeginSharedLoad<T>(string key, string[] tags, EntryPlan plan, bool skipsL2)
    {
        var ticket = _tickets.Take(key);
        return new SharedLoad<T>(ticket, _tickets.MayStore(ticket), key, tags, plan)
        {
            SkipsL2 = skipsL2,
            BegunAt = _time.GetUtcNow(),
        };
    }

    /// <summary>
    /// Makes a load the one that callers of its key join, unless there is one. One that has taken longer than loads may
    /// take gives way, or a source that hangs would keep the key for as long as callers overlap: it is cancelled, and
    /// those who wait for it get what the new one brings, if that is first.
    /// </summary>
    private bool TryEnter<T>(SharedLoadId id, SharedLoad<T> flight)
    {
        if (_sharedLoads.TryAdd(id, flight))
        {
            return true;
        }

        if (
            !_sharedLoads.TryGetValue(id, out var present)
            || !_tickets.IsTooOld(present.Ticket)
            || !_sharedLoads.TryUpdate(id, flight, present)
        )
        {
            return false;
        }

        // Not only its own callers wait for it.
        flight.Detach(_options.MaxLoadTime, _time);
        ((SharedLoad<T>)present).GiveWayTo(flight);
        present.Plan.Policy.Statistics.LoadFailures.Add();
        if (_notLoaded.MayLog())
        {
            CacheLog.LoadHangs(_logger, id.Key, _options.MaxLoadTime);
        }

        return true;
    }

    private bool IsStillCurrent(SharedLoad flight) => _log.IsCurrent(flight.Ticket, flight.Key, flight.Tags, out _);

    private static T Own<T>(Loaded<T> loaded, KeyPolicy policy)
    {
        policy.Statistics.RecordRead(loaded.Outcome);
        return loaded.Value;
    }

    /// <summary>
    /// What a caller gets of a load that another one began: a copy, unless the value cannot change, or no copy can be
    /// made.
    /// </summary>
    private T Share<T>(Loaded<T> loaded, KeyPolicy policy)
    {
        policy.Statistics.RecordRead(loaded.Outcome);
        return loaded.Payload is { } payload && !Immutability.IsImmutable(loaded.Value)
            ? _serializers.Deserialize<T>(payload)
            : loaded.Value;
    }

    /// <summary>Waits for a load, for as long as the policy and the caller want to.</summary>
    private async ValueTask<Loaded<T>> ReceiveAsync<T>(
        SharedLoad<T> flight,
        EntryPlan plan,
        CancellationToken cancellationToken
    )
    {
        var policy = plan.Policy;
        var begun = _time.GetTimestamp();
        if (!flight.UsesCache)
        {
            _metrics.BlindReads.Add();
        }

        using var nested = new NestedLoads.Wait(flight);
        try
        {
            nested.Begin();
            if (
                policy.SoftTimeout is { } soft
                && !await flight.EndsWithinAsync(soft, _time, cancellationToken).ConfigureAwait(false)
                && TryServeInstead<T>(flight, plan, out var instead)
            )
            {
                return instead;
            }

            if (
                policy.HardTimeout is { } hard
                && !await flight
                    .EndsWithinAsync(Positive(hard - _time.GetElapsedTime(begun)), _time, cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                return TryServeInstead<T>(flight, plan, out instead)
                    ? instead
                    : throw new CacheLoadTimeoutException(flight.Key, hard);
            }

            return await flight.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (flight.Completion.IsFaulted
                && _options.IsSourceFault(exception)
                && _memory.TryReadStale<T>(flight.Key, plan, onlyIfLeftAlone: false, out var stale)
            )
        {
            // Not swallowed: the load itself counts it and logs it.
            return new Loaded<T>(stale, null, CacheOutcome.Stale);
        }
        catch
        {
            policy.Statistics.RecordRead(CacheOutcome.Miss);
            throw;
        }
        finally
        {
            flight.Leave();
        }
    }

    /// <summary>The time of a caller is over: the load goes on, and what is there is served.</summary>
    private bool TryServeInstead<T>(SharedLoad<T> flight, EntryPlan plan, out Loaded<T> instead)
    {
        plan.Policy.Statistics.LoadTimeouts.Add();
        flight.Detach(_options.MaxLoadTime, _time);
        if (_memory.TryReadStale<T>(flight.Key, plan, onlyIfLeftAlone: false, out var stale))
        {
            instead = new Loaded<T>(stale, null, CacheOutcome.Stale);
            return true;
        }

        instead = default;
        return false;
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    /// <summary>
    /// Reloads an entry that is still served. No caller waits for it, so it does not begin on the caller's thread.
    /// </summary>
    private void RefreshEagerly<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options,
        IEnumerable<string>? tags
    )
    {
        var plan = new EntryPlan(_policies.Of(key), options);
        var id = new SharedLoadId(key, plan.Flags, typeof(T));
        var flight = BeginSharedLoad<T>(key, EntryTags.Validate(tags), plan, skipsL2: true);
        if (!TryEnter(id, flight))
        {
            return;
        }

        plan.Policy.Statistics.EagerRefreshes.Add();
        flight.Detach(_options.MaxLoadTime, _time);
        flight.Leave();
        _ = Task.Run(() => RunAsync(id, flight, state, factory));
    }
}
