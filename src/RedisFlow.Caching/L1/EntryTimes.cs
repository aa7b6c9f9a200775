using RedisFlow.Caching.Time;

namespace RedisFlow.Caching.L1;

/// <summary>When an entry in memory does what, by <see cref="CoarseClock"/>.</summary>
/// <param name="ExpiresAt">From then on it is not served any more.</param>
internal readonly record struct EntryTimes(long ExpiresAt)
{
    /// <summary>
    /// Until then it is kept after it has expired, for callers whose load fails:
    /// <see cref="L1Cache.GetStale(ReadOnlySpan{char})"/>. Default: it is not kept.
    /// </summary>
    public long StaleUntil { get; init; } = ExpiresAt;

    /// <summary>From then on the first hit serves the entry and reloads it. Default: no hit does.</summary>
    public long RefreshAt { get; init; } = CoarseClock.Never;
}
