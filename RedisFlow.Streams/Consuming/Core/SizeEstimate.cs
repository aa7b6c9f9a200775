namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// How large the next messages are likely to be, by those before: Redis bounds a read in messages, not in bytes. It rises at once and falls by halves, since
/// a read that brings too little costs a round trip, and one that brings too much costs memory.
/// </summary>
/// <param name="first">What to expect before anything was read, in bytes.</param>
internal sealed class SizeEstimate(long first)
{
    private double _bytes = first;

    /// <summary>A read brought so many messages with so many bytes.</summary>
    public void Observe(int count, long bytes)
    {
        if (count > 0)
        {
            var mean = Math.Max(1, (double)bytes / count);
            _bytes = Math.Max(mean, (_bytes + mean) / 2);
        }
    }

    /// <summary>How many messages are likely to fit.</summary>
    public int CountIn(long bytes) => (int)Math.Clamp(bytes / _bytes, 0, int.MaxValue);
}
