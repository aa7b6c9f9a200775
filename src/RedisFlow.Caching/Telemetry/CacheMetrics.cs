using RedisFlow.Caching.Statistics;

namespace RedisFlow.Caching.Telemetry;

/// <summary>
/// What one cache counts, besides what it counts per policy; <see cref="CacheInstruments"/> reports it.
/// </summary>
internal sealed class CacheMetrics(TimeProvider? time = null)
{
    public StripedCounter DiscardedL1Fills { get; } = new();

    public StripedCounter DiscardedL2Fills { get; } = new();

    public StripedCounter Flushes { get; } = new();

    public StripedCounter Invalidations { get; } = new();

    public RateWindow InvalidationRate { get; } = new(time ?? TimeProvider.System);

    public StripedCounter BlindReads { get; } = new();

    public StripedCounter L2Errors { get; } = new();

    public StripedCounter UnreadableL2Entries { get; } = new();

    public StripedCounter Evictions { get; } = new();

    public StripedCounter NotSerializable { get; } = new();

    public StripedCounter TooLarge { get; } = new();

    public Func<long> Entries { get; private set; } = static () => 0;

    public Func<long> Bytes { get; private set; } = static () => 0;

    public Func<L2CircuitState> Circuit { get; set; } = static () => L2CircuitState.Closed;

    public void ObserveL1(Func<long> entries, Func<long> bytes)
    {
        Entries = entries;
        Bytes = bytes;
    }
}
