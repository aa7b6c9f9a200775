using System.Collections.Concurrent;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;
using RedisFlow.Streams;

namespace RedisFlow.Caching.L1;

/// <summary>
/// This process's bounded store. Reads take no lock. Everything that changes a key takes the lock of the key's stripe:
/// so a fill is either judged after the invalidation and refused, or stored before it and removed by it.
/// </summary>
/// <remarks>
/// Eviction is CLOCK (second chance) over the stripes in turn. <c>MemoryCache</c> is not used: with a size limit it can
/// stop accepting entries for good when sets and removals race (dotnet/runtime#129186).
/// </remarks>
internal sealed class L1Cache
{
    private const int StripeCount = 64;

    private readonly InvalidationLog _log;
    private readonly CoarseClock _clock;
    private readonly CacheMetrics _metrics;
    private readonly int _entryLimit;
    private readonly long _byteLimit;
    private readonly L1Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new L1Stripe())];
    private readonly ConcurrentDictionary<string, L1Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, L1Entry>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private long _count;
    private long _bytes;
    private uint _nextStripe;

    public L1Cache(InvalidationLog log, CachingOptions options, TimeProvider time, CacheMetrics metrics)
    {
        _log = log;
        _clock = new CoarseClock(time);
        _metrics = metrics;
        _entryLimit = options.LocalEntryLimit;
        _byteLimit = options.LocalByteLimit;
        _lookup = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public long Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The entry of the key that is valid and has not expired, or <c>null</c>.</summary>
    public L1Entry? Get(ReadOnlySpan<char> key) => Get(key, _clock.Now);

    /// <inheritdoc cref="Get(ReadOnlySpan{char})"/>
    /// <param name="key">The key.</param>
    /// <param name="now">The time, which the caller has read already.</param>
    public L1Entry? Get(ReadOnlySpan<char> key, long now)
    {
        if (!_lookup.TryGetValue(key, out var entry))
        {
            return null;
        }

        if (now >= entry.CheckAt && now >= entry.ExpiresAt)
        {
            if (now >= entry.StaleUntil)
            {
                Drop(entry);
            }

            return null;
        }

        return Checked(entry);
    }

    /// <summary>
    /// The entry of the key that is valid, perhaps expired and kept for callers whose load fails; <c>null</c> if there
    /// is no entry, and if an invalidation matches it: expiry says that a value may be old, an invalidation that it is.
    /// </summary>
    public L1Entry? GetStale(ReadOnlySpan<char> key)
    {
        if (!_lookup.TryGetValue(key, out var entry))
        {
            return null;
        }

        if (_clock.Now >= entry.StaleUntil)
        {
            Drop(entry);
            return null;
        }

        return Checked(entry);
    }

    /// <summary>Stores a value that was loaded under the ticket.</summary>
    /// <returns>Whether it was still valid.</returns>
    public bool TryStore(L1Entry entry, in LoadTicket ticket)
    {
        var stripe = StripeOf(entry.Key);
        lock (stripe)
        {
            if (!_log.IsCurrent(ticket, entry.Key, entry.Tags, out var mark))
            {
                return false;
            }

            Put(stripe, entry, mark);
        }

        KeepLimits();
        return true;
    }

    /// <summary>Stores a value that was read from Redis under the ticket.</summary>
    /// <returns>Whether it was still valid.</returns>
    public bool TryStoreFromL2(L1Entry entry, in LoadTicket ticket)
    {
        var stripe = StripeOf(entry.Key);
        lock (stripe)
        {
            if (!_log.IsStoredCurrent(ticket, entry.AsOf, entry.Key, entry.Tags, out var mark))
            {
                return false;
            }

            Put(stripe, entry, mark);
        }

        KeepLimits();
        return true;
    }

    /// <summary>Records an invalidation and drops what it makes stale.</summary>
    public void Apply(CacheInvalidation invalidation, MessagePosition position)
    {
        _log.RecordBulk(invalidation, position);
        foreach (var key in invalidation.Keys)
        {
            var stripe = StripeOf(key);
            lock (stripe)
            {
                _log.RecordKey(key, position);
                if (_entries.TryGetValue(key, out var entry) && entry.AsOf < position)
                {
                    Remove(stripe, entry);
                }
            }
        }
    }

    /// <summary>Drops every entry.</summary>
    public void Clear()
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                while (stripe.Entries.Count > 0)
                {
                    Remove(stripe, stripe.Entries[^1]);
                }
            }
        }
    }

    /// <summary>The keys of what is stored at this moment, valid or not, in no order. For tests.</summary>
    internal IReadOnlyCollection<string> StoredKeys() => [.. _entries.Keys];

    /// <summary>
    /// Compares what is kept twice, for speed, while no thread changes the cache: dictionary, lists and counts. For
    /// tests.
    /// </summary>
    /// <returns>What does not agree; empty if all is well.</returns>
    internal IReadOnlyList<string> Audit()
    {
        var faults = new List<string>();
        var (listed, bytes) = (0L, 0L);
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                foreach (var (slot, entry) in stripe.Entries.Index())
                {
                    listed++;
                    bytes += entry.Size;
                    Expect(entry.Slot == slot, $"{entry.Key} is at slot {slot} and believes to be at {entry.Slot}");
                    Expect(StripeOf(entry.Key) == stripe, $"{entry.Key} is in another stripe than its key's");
                    Expect(
                        _entries.TryGetValue(entry.Key, out var present) && ReferenceEquals(present, entry),
                        $"{entry.Key} is in its stripe's list, and the dictionary has another entry or none"
                    );
                }
            }
        }

        Expect(_entries.Count == listed, $"the dictionary has {_entries.Count} entries, the lists {listed}");
        Expect(Count == listed, $"{Count} entries are counted, {listed} are there");
        Expect(Bytes == bytes, $"{Bytes} bytes are counted, {bytes} are there");
        Expect(listed <= _entryLimit, $"{listed} entries are there, the limit is {_entryLimit}");
        Expect(bytes <= _byteLimit, $"{bytes} bytes are there, the limit is {_byteLimit}");
        return faults;

        void Expect(bool isSo, FormattableString otherwise)
        {
            if (!isSo)
            {
                faults.Add(FormattableString.Invariant(otherwise));
            }
        }
    }

    private L1Stripe StripeOf(string key) => _stripes[(uint)key.GetHashCode(StringComparison.Ordinal) % StripeCount];

    private L1Entry? Checked(L1Entry entry)
    {
        if (!entry.IsCurrent(_log))
        {
            Drop(entry);
            return null;
        }

        // Written only when it changes, or every reader of a hot entry would fight for its cache line.
        if (!entry.Referenced)
        {
            entry.Referenced = true;
        }

        return entry;
    }

    private void Put(L1Stripe stripe, L1Entry entry, BulkMark mark)
    {
        _ = _entries.TryGetValue(entry.Key, out var present);
        if (
            present is not null
            && present.AsOf > entry.AsOf
            && present.ExpiresAt > _clock.Now
            && present.IsCurrent(_log)
        )
        {
            return;
        }

        if (entry.Size > _byteLimit)
        {
            if (present is not null)
            {
                Remove(stripe, present);
            }

            return;
        }

        // Replaced in one step: readers, who take no lock, find the one or the other, and never nothing.
        if (present is not null)
        {
            Unlist(stripe, present);
        }

        entry.CheckedAgainst = mark;
        stripe.Add(entry);
        _entries[entry.Key] = entry;
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, entry.Size);
    }

    private void Drop(L1Entry entry)
    {
        var stripe = StripeOf(entry.Key);
        lock (stripe)
        {
            if (_entries.TryGetValue(entry.Key, out var present) && ReferenceEquals(present, entry))
            {
                Remove(stripe, entry);
            }
        }
    }

    private void Remove(L1Stripe stripe, L1Entry entry)
    {
        _entries.TryRemove(entry.Key, out _);
        Unlist(stripe, entry);
    }

    private void Unlist(L1Stripe stripe, L1Entry entry)
    {
        stripe.Remove(entry);
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -entry.Size);
    }

    private void KeepLimits()
    {
        for (var tries = 0; Count > _entryLimit || Bytes > _byteLimit; tries++)
        {
            var stripe = _stripes[Interlocked.Increment(ref _nextStripe) % StripeCount];
            lock (stripe)
            {
                // After two rounds every entry had its second chance; what is read all the time is taken as well then.
                if (stripe.NextVictim(_clock.Now, spare: tries < 2 * StripeCount) is { } victim)
                {
                    Remove(stripe, victim);
                    _metrics.Evictions.Add();
                }
            }
        }
    }
}
