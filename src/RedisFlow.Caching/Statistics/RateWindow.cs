namespace RedisFlow.Caching.Statistics;

/// <summary>Counts events per second over the last minute, in slots of a second. Thread-safe.</summary>
internal sealed class RateWindow(TimeProvider time)
{
    private const int Slots = 60;

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[Slots];
    private readonly long _start = time.GetTimestamp();
    private long _second;

    public void Add()
    {
        lock (_gate)
        {
            MoveOn();
            _counts[_second % Slots]++;
        }
    }

    /// <summary>Events per second, over the last minute or since the start.</summary>
    public double PerSecond
    {
        get
        {
            lock (_gate)
            {
                MoveOn();
                return _counts.Sum() / Math.Clamp(time.GetElapsedTime(_start).TotalSeconds, 1, Slots);
            }
        }
    }

    private void MoveOn()
    {
        var now = (long)time.GetElapsedTime(_start).TotalSeconds;
        for (var passed = Math.Min(now - _second, Slots); passed > 0; passed--)
        {
            _counts[(now - passed + 1) % Slots] = 0;
        }

        _second = now;
    }
}
