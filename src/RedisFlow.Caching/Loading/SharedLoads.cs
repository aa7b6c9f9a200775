using System.Collections.Concurrent;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Policies;

namespace RedisFlow.Caching.Loading;

/// <summary>
/// The loads of a cache that callers may join: one per key, type and flags, so that of many callers who miss at the
/// same time one goes to the source.
/// </summary>
internal sealed class SharedLoads(
    InvalidationLog log,
    LoadTickets tickets,
    LoadFailures failures,
    CachingOptions options,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<SharedLoadId, SharedLoad> _loads = new();

    /// <summary>Joins the load that is under way, or begins one, which the caller has to run then.</summary>
    /// <returns>The load, and whether it was begun here.</returns>
    public (SharedLoad<T> Load, bool IsNew) JoinOrBegin<T>(string key, string[] tags, EntryPlan plan)
    {
        var id = new SharedLoadId(key, plan.Flags, typeof(T));
        while (true)
        {
            if (!_loads.TryGetValue(id, out var present) || tickets.IsTooOld(present.Ticket))
            {
                if (TryBegin<T>(id, tags, plan, skipsL2: false) is { } load)
                {
                    return (load, true);
                }

                continue;
            }

            // A load that began before an invalidation may bring what was invalidated: a caller that comes after it
            // starts another one.
            if (log.IsCurrent(present.Ticket, key, present.Tags, out _) && present.TryJoin())
            {
                return ((SharedLoad<T>)present, false);
            }

            // Those who wait for it keep it; it only takes no more.
            Remove(present);
        }
    }

    /// <summary>
    /// Begins a load that replaces an entry and that no caller waits for, unless one of the key is under way.
    /// </summary>
    public SharedLoad<T>? TryBeginRefresh<T>(string key, string[] tags, EntryPlan plan)
    {
        var load = TryBegin<T>(new SharedLoadId(key, plan.Flags, typeof(T)), tags, plan, skipsL2: true);
        load?.Detach(options.MaxLoadTime, time);
        load?.Leave();
        return load;
    }

    /// <summary>From now on no caller joins the load.</summary>
    public void Remove(SharedLoad load) => _loads.TryRemove(KeyValuePair.Create(load.Id, load));

    /// <summary>
    /// Makes a load the one that callers of its key join, unless there is one. One that has taken longer than loads may
    /// take gives way, or a source that hangs would keep the key for as long as callers overlap: it is cancelled, and
    /// those who wait for it get what the new one brings, if that is first.
    /// </summary>
    private SharedLoad<T>? TryBegin<T>(SharedLoadId id, string[] tags, EntryPlan plan, bool skipsL2)
    {
        var ticket = tickets.Take(id.Key);
        var load = new SharedLoad<T>(id, ticket, tickets.MayStore(ticket), tags, plan)
        {
            SkipsL2 = skipsL2,
            BegunAt = time.GetUtcNow(),
        };
        if (_loads.TryAdd(id, load))
        {
            return load;
        }

        if (
            !_loads.TryGetValue(id, out var present)
            || !tickets.IsTooOld(present.Ticket)
            || !_loads.TryUpdate(id, load, present)
        )
        {
            return null;
        }

        // Not only its own callers wait for it.
        load.Detach(options.MaxLoadTime, time);
        ((SharedLoad<T>)present).GiveWayTo(load);
        failures.CountHanging(present);
        return load;
    }
}
