namespace RedisFlow.Caching;

/// <summary>
/// A short time after Redis did not answer, in which it is not asked again: one request may read several entries one after the
/// other, and must not wait for each of them. The first read after the pause asks again.
/// </summary>
internal sealed class TimeoutPause(TimeSpan length, TimeProvider time)
{
    private long _began;

    /// <summary>Whether Redis is to be left alone.</summary>
    public bool IsOn => Volatile.Read(ref _began) is var began and not 0 && time.GetElapsedTime(began) < length;

    /// <summary>Begins, or begins anew.</summary>
    public void Begin() => Volatile.Write(ref _began, time.GetTimestamp());
}
