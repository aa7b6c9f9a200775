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
}

/// <summary>What one cache is asked for when it is reported, since it changes by itself.</summary>
/// <param name="Entries">Entries in memory.</param>
/// <param name="Bytes">Bytes that they take, by estimate.</param>
/// <param name="Circuit">Whether Redis is asked for entries.</param>
internal sealed record CacheGauges(Func<long> Entries, Func<long> Bytes, Func<L2CircuitState> Circuit);
