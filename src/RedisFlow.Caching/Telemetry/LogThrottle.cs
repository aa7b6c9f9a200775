namespace RedisFlow.Caching.Telemetry;

/// <summary>Lets one line through per interval, where each read could write one. The counters see them all.</summary>
internal sealed class LogThrottle(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _last;

    public bool MayLog()
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _last);
        return (last == 0 || time.GetElapsedTime(last, now) >= Interval)
            && Interlocked.CompareExchange(ref _last, now, last) == last;
    }
}
