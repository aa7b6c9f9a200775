using RedisFlow.Streams;

namespace RedisFlow.Caching.Invalidating;

/// <summary>
/// The recent invalidations of single keys, in the order of their arrival. Not thread-safe:
/// <see cref="InvalidationLog"/> locks.
/// </summary>
internal sealed class KeyRecords(int limit)
{
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);
    private readonly Queue<Arrival> _arrivals = new();

    public int Count => _records.Count;

    public void Clear()
    {
        _records.Clear();
        _arrivals.Clear();
    }

    /// <summary>Remembers an invalidation. Duplicates and the order of arrival do not matter.</summary>
    /// <returns>The last position that had to be forgotten for it, or <c>null</c>.</returns>
    public MessagePosition? Add(string key, MessagePosition position, long now)
    {
        var known = _records.TryGetValue(key, out var record);
        if (known && (position == record.Last || position == record.Previous))
        {
            return null;
        }

        _records[key] =
            !known ? new Record(position, MessagePosition.Beginning)
            : position > record.Last ? new Record(position, record.Last)
            : record with { Previous = MessagePosition.Max(record.Previous, position) };
        _arrivals.Enqueue(new Arrival(key, position, now));
        return _arrivals.Count > limit ? ForgetOldest() : null;
    }

    /// <summary>The last invalidation of the key, other than the one at <paramref name="except"/>.</summary>
    public MessagePosition? LastOf(string key, MessagePosition? except)
    {
        if (!_records.TryGetValue(key, out var record))
        {
            return null;
        }

        return record.Last == except ? record.Previous : record.Last;
    }

    /// <summary>
    /// Forgets what arrived before <paramref name="arrivedBefore"/> and is not after <paramref name="settled"/>.
    /// </summary>
    /// <returns>The last position that was forgotten, or <c>null</c>.</returns>
    public MessagePosition? Prune(MessagePosition settled, long arrivedBefore)
    {
        MessagePosition? forgotten = null;
        while (_arrivals.TryPeek(out var oldest) && oldest.At < arrivedBefore && oldest.Position <= settled)
        {
            if (ForgetOldest() is { } position && !(position < forgotten))
            {
                forgotten = position;
            }
        }

        return forgotten;
    }

    private MessagePosition? ForgetOldest()
    {
        var oldest = _arrivals.Dequeue();
        if (!_records.TryGetValue(oldest.Key, out var record) || record.Last != oldest.Position)
        {
            // A later invalidation of the same key is still remembered, and says more.
            return null;
        }

        _records.Remove(oldest.Key);
        return oldest.Position;
    }

    /// <param name="Last">The last invalidation.</param>
    /// <param name="Previous">The one before it: tells whether anybody else invalidated while a value was being
    /// set.</param>
    private readonly record struct Record(MessagePosition Last, MessagePosition Previous);

    private readonly record struct Arrival(string Key, MessagePosition Position, long At);
}
