namespace RedisFlow.Streams.Redis;

/// <summary>
/// How large the next messages are likely to be, by those before: Redis bounds a read in messages, not in bytes. It
/// rises at once and falls by halves, since a read that brings too little costs a round trip, and one that brings too
/// much costs memory.
/// </summary>
/// <param name="first">What to expect before anything was read, in bytes.</param>
internal sealed class SizeEstimate(long first)
{
    private double _bytes = first;

    /// <summary>
    /// A read brought messages, the largest of this many bytes. Not their mean: of a small and a large one, it would
    /// promise that large ones are half as large.
    /// </summary>
    public void Observe(int largest) => _bytes = Math.Max(Math.Max(1, largest), (_bytes + largest) / 2);

    /// <summary>How many messages are likely to fit.</summary>
    public int CountIn(long bytes) => (int)Math.Clamp(bytes / _bytes, 0, int.MaxValue);
}
