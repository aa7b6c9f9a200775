namespace RedisFlow.Caching.Time;

/// <summary>
/// A monotonic clock in milliseconds that costs 4 ns where <see cref="TimeProvider.GetTimestamp"/> costs 21, as much as
/// all else of a hit in memory. All clocks over the same <see cref="TimeProvider"/> show the same time.
/// </summary>
/// <remarks>
/// The system's clock moves in steps: 1 to 10 ms on Linux (its timer interrupt), 10 to 16 ms on Windows, see
/// <see cref="Environment.TickCount64"/>. That is enough for what it decides: when an entry has expired, and for how
/// long an instance has heard nothing, both bounds of seconds or more. Whether an entry is VALID is decided by
/// positions of the stream, never by a clock. Another provider than the system's, as in tests, is asked for its own
/// timestamps.
/// </remarks>
/// <param name="time">The time; <c>default</c> of this type means the system's.</param>
internal readonly struct CoarseClock(TimeProvider time)
{
    /// <summary>A moment that does not come.</summary>
    public const long Never = long.MaxValue;

    // A service's TimeProvider.System costs no call through it.
    private readonly TimeProvider? _time = ReferenceEquals(time, TimeProvider.System) ? null : time;

    /// <summary>The time in milliseconds since an arbitrary moment.</summary>
    public long Now => _time is null ? Environment.TickCount64 : Milliseconds(_time);

    /// <summary>
    /// The moment that is <paramref name="span"/> from now, in whole milliseconds, rounded up; <see cref="Never"/>
    /// where that is too far, and for <see cref="TimeSpan.MaxValue"/>.
    /// </summary>
    public long After(TimeSpan span)
    {
        if (span == TimeSpan.MaxValue)
        {
            return Never;
        }

        var now = Now;
        var milliseconds = ToMilliseconds(span);
        return milliseconds > Never - Math.Max(now, 0) ? Never : now + milliseconds;
    }

    /// <summary>
    /// How long ago a moment was, negative if it is still to come; at most <see cref="TimeSpan.MaxValue"/>.
    /// </summary>
    public TimeSpan Since(long moment)
    {
        var passed = (Int128)Now - moment;
        var limit = TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond;
        return passed > limit ? TimeSpan.MaxValue
            : passed < -limit ? TimeSpan.MinValue
            : TimeSpan.FromMilliseconds((long)passed);
    }

    /// <summary>
    /// A span in the clock's unit, rounded up: what lives for less than a millisecond has not expired when it is
    /// stored.
    /// </summary>
    public static long ToMilliseconds(TimeSpan span)
    {
        var (whole, rest) = Math.DivRem(span.Ticks, TimeSpan.TicksPerMillisecond);
        return rest > 0 ? whole + 1 : whole;
    }

    private static long Milliseconds(TimeProvider time) =>
        (long)((Int128)time.GetTimestamp() * 1000 / time.TimestampFrequency);
}
