using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Policies;
using RedisFlow.Streams;

namespace RedisFlow.Caching.L1;

/// <summary>An entry in memory. Its times are by <c>CoarseClock</c>.</summary>
internal abstract class L1Entry
{
    // The object, its node in the dictionary, its slot in the stripe's list, the headers of key and value: as measured
    // with 20,000 to 500,000 entries on 64 bits.
    private const int Overhead = 256;

    private const int Idle = 0;
    private const int Refreshing = 1;

    private long _checkAt;
    private int _refresh;

    protected L1Entry(string key, string[] tags, MessagePosition asOf, EntryTimes times, long size)
    {
        Key = key;
        Tags = tags;
        AsOf = asOf;
        ExpiresAt = times.ExpiresAt;
        StaleUntil = Math.Max(times.StaleUntil, times.ExpiresAt);
        Size = size + (2L * key.Length) + Overhead;
        RefreshAt = times.RefreshAt;
    }

    public string Key { get; }

    public string[] Tags { get; }

    public MessagePosition AsOf { get; }

    /// <summary>From then on it is not served any more.</summary>
    public long ExpiresAt { get; }

    /// <summary>Until then it is kept for callers whose load fails; not before <see cref="ExpiresAt"/>.</summary>
    public long StaleUntil { get; }

    /// <summary>
    /// The earliest moment at which a hit has anything to do besides returning: <see cref="RefreshAt"/> while no hit
    /// refreshes, else <see cref="ExpiresAt"/>. So a hit compares once.
    /// </summary>
    public long CheckAt => Volatile.Read(ref _checkAt);

    /// <summary>
    /// From then on one hit is to reload the value. Setting it lets <see cref="TryBeginRefresh"/> succeed once more:
    /// after a refresh that failed, with a later moment. A refresh that succeeds stores another entry in this one's
    /// place.
    /// </summary>
    public long RefreshAt
    {
        get;
        set
        {
            field = value;
            Volatile.Write(ref _checkAt, Math.Min(value, ExpiresAt));
            Volatile.Write(ref _refresh, Idle);
        }
    }

    /// <summary>Bytes, by estimate.</summary>
    public long Size { get; }

    /// <summary>The policy of the key.</summary>
    public required KeyPolicy Policy { get; init; }

    /// <summary>Until then no load is tried again, and the expired entry is served: the last load failed.</summary>
    public long LeftAloneUntil { get; set; } = long.MinValue;

    /// <summary>
    /// The bulk invalidations up to which the entry is known to be valid. Set before the entry is visible.
    /// </summary>
    public BulkMark CheckedAgainst { get; set; } = null!;

    /// <summary>Whether no bulk invalidation since it was checked makes it stale.</summary>
    /// <param name="log">The invalidations.</param>
    public bool IsCurrent(InvalidationLog log)
    {
        // Nearly every hit ends here: what else the entry says is not read, and nothing is written to a line that all
        // processors share.
        var mark = log.Mark;
        if (ReferenceEquals(CheckedAgainst, mark))
        {
            return true;
        }

        if (!log.IsCurrent(CheckedAgainst, mark, Key, Tags, AsOf))
        {
            return false;
        }

        CheckedAgainst = mark;
        return true;
    }

    /// <summary>Whether the entry was read since the eviction last passed by.</summary>
    public bool Referenced { get; set; }

    /// <summary>The entry's place in its stripe's list.</summary>
    public int Slot { get; set; }

    /// <summary>
    /// Whether the caller is the one who refreshes: the first to ask since <see cref="RefreshAt"/> was set.
    /// </summary>
    public bool TryBeginRefresh()
    {
        if (Volatile.Read(ref _refresh) != Idle || Interlocked.Exchange(ref _refresh, Refreshing) != Idle)
        {
            return false;
        }

        // The hits that come meanwhile have nothing to do.
        Volatile.Write(ref _checkAt, ExpiresAt);
        return true;
    }
}

/// <summary>A value that no caller can change: all callers share it.</summary>
internal sealed class SharedEntry<T>(
    T value,
    string key,
    string[] tags,
    MessagePosition asOf,
    EntryTimes times,
    long size
) : L1Entry(key, tags, asOf, times, size)
{
    public T Value { get; } = value;
}

/// <summary>A value that callers may change: each gets one of its own, made from the serialized form.</summary>
internal sealed class SerializedEntry<T>(
    ReadOnlyMemory<byte> payload,
    string key,
    string[] tags,
    MessagePosition asOf,
    EntryTimes times
) : L1Entry(key, tags, asOf, times, payload.Length)
{
    public ReadOnlyMemory<byte> Payload { get; } = payload;
}
