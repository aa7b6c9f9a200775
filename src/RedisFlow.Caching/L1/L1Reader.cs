using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Time;

namespace RedisFlow.Caching.L1;

/// <summary>Reads values from memory: the first step of a read, and the last resort of one whose load fails.</summary>
internal sealed class L1Reader(
    L1Cache l1,
    InvalidationLog log,
    Serializers serializers,
    CachingOptions options,
    TimeProvider time
)
{
    /// <summary>One hit in so many is timed.</summary>
    public const int HitsPerSample = 1024;

    private readonly CoarseClock _clock = new(time);

    /// <summary>Reads a value that is valid and has not expired, and counts the hit.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">What the call says.</param>
    /// <param name="value">The value.</param>
    /// <param name="isDue">Whether this hit is the one that has to reload the entry.</param>
    public bool TryRead<T>(
        ReadOnlySpan<char> key,
        HybridCacheEntryOptions? call,
        [MaybeNullWhen(false)] out T value,
        out bool isDue
    )
    {
        value = default;
        isDue = false;
        if (call is not null && (call.Flags & HybridCacheEntryFlags.DisableLocalCacheRead) > 0)
        {
            return false;
        }

        // The time is read once; for most hits, one look at it is all there is to do.
        var now = _clock.Now;
        var isBlind = log.IsBlind(options.MaxDisconnectedTime, now);
        if (
            l1.Get(key, now) is not { } entry
            || (isBlind && log.IsBlind(entry.Policy.MaxDisconnectedTime, now))
            || !TryGetValue(entry, out value)
        )
        {
            // Another type under the same key is a miss, too.
            return false;
        }

        if (isBlind)
        {
            entry.Policy.Statistics.RecordRead(CacheOutcome.Stale);
            return true;
        }

        if (entry.Policy.Statistics.L1Hits.Add() % HitsPerSample == 0)
        {
            SampleHit<T>(key, entry.Policy);
        }

        CacheReadScope.Record(CacheOutcome.L1);
        isDue = now >= entry.CheckAt && EntryPlan.MayLoad(call) && entry.TryBeginRefresh();
        return true;
    }

    /// <summary>
    /// Reads the expired value of a key, if it may be served: nothing that matches it was invalidated since its load.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="plan">How the call wants its entry kept.</param>
    /// <param name="onlyIfLeftAlone">Whether it is served only while no load is to be tried again.</param>
    /// <param name="value">The value.</param>
    public bool TryReadStale<T>(string key, EntryPlan plan, bool onlyIfLeftAlone, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return plan.Policy.FailSafe > TimeSpan.Zero
            && !plan.Has(HybridCacheEntryFlags.DisableLocalCacheRead)
            && !log.IsBlind(options.MaxDisconnectedTime)
            && l1.GetStale(key) is { } entry
            && (!onlyIfLeftAlone || _clock.Now < entry.LeftAloneUntil)
            && TryGetValue(entry, out value);
    }

    private bool TryGetValue<T>(L1Entry entry, [MaybeNullWhen(false)] out T value)
    {
        if (entry is SharedEntry<T> shared)
        {
            value = shared.Value;
            return true;
        }

        if (entry is SerializedEntry<T> serialized)
        {
            value = serializers.Deserialize<T>(serialized.Payload);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Does the work of a hit once more, with a stopwatch.</summary>
    private void SampleHit<T>(ReadOnlySpan<char> key, KeyPolicy policy)
    {
        var begun = time.GetTimestamp();
        if (l1.Get(key) is { } entry && TryGetValue<T>(entry, out _))
        {
            policy.Statistics.L1.Add(time.GetElapsedTime(begun));
        }
    }
}
