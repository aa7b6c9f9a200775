namespace RedisFlow.Caching;

/// <summary>
/// Settings of a <see cref="StreamHybridCache"/>; configuration section <c>Caching</c>, of an additional cache
/// <c>Caching:Additional:{key}</c>.
/// </summary>
public sealed class CachingOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Caching";

    /// <summary>
    /// The service that the cache belongs to: the first part of its keys in Redis, the same for all instances of the
    /// service and for no other. The invalidations that the cache itself publishes are for this service's caches only.
    /// Letters, digits, <c>.</c>, <c>_</c> and <c>-</c>. Default: the application's name.
    /// </summary>
    public string Service { get; set; } = "";

    /// <summary>
    /// The version of what the service stores: the second part of its keys in Redis. Raise it when a cached type
    /// changes in a way that old entries cannot be read, or when the mapping of events changes; never go back to an old
    /// one before its entries have expired, since no instance keeps them correct meanwhile. Letters, digits, <c>.</c>,
    /// <c>_</c> and <c>-</c>. Default: 1.
    /// </summary>
    public string Version { get; set; } = "1";

    /// <summary>
    /// How long ago this instance may have been at the stream's end before the cache is passed by: neither level is
    /// read, since no instance knows what became stale. Heartbeats say so every one to two seconds. 3 s to one hour.
    /// Default: 15 s.
    /// </summary>
    public TimeSpan MaxDisconnectedTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long an entry lives in Redis, and at most in memory, unless the call says otherwise. Default: 5 min.
    /// </summary>
    public TimeSpan DefaultExpiration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long an entry lives in memory unless the call says otherwise; never longer than in Redis. Default:
    /// <c>null</c>, as long as in Redis.
    /// </summary>
    public TimeSpan? DefaultLocalExpiration { get; set; }

    /// <summary>
    /// The longest load whose result is still stored. A slower load gives its caller the value, and the cache nothing.
    /// Tombstones in Redis and invalidations in memory are kept for longer than this, so that no load in flight can
    /// bring back what became stale. More than zero, at most one hour. Default: 30 s.
    /// </summary>
    public TimeSpan MaxLoadTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many entries this process keeps. At least 1. Default: 100,000.</summary>
    public int LocalEntryLimit { get; set; } = 100_000;

    /// <summary>
    /// How many bytes this process's entries may take, by estimate: keys and values. At least 1,024. Default: 128 MiB.
    /// </summary>
    public long LocalByteLimit { get; set; } = 128L << 20;

    /// <summary>The largest serialized value that is stored, in bytes. At least 1. Default: 1 MiB.</summary>
    public int MaxPayloadBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Serialized values of at least so many bytes are compressed in Redis (Brotli), where that saves at least a tenth;
    /// smaller ones are not worth the time. 0 for none. Default: 16 KiB.
    /// </summary>
    public int CompressionThreshold { get; set; } = 16 << 10;

    /// <summary>
    /// How long a read waits for one operation on Redis before it goes on without. For twice as long, reads then do not
    /// ask Redis. 10 ms to 1 min. Default: 500 ms.
    /// </summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How many key invalidations are remembered for loads in flight and for entries in Redis. When there are more, the
    /// oldest are forgotten, and entries from before them are no longer trusted. At least 16. Default: 100,000.
    /// </summary>
    public int RememberedKeys { get; set; } = 100_000;

    /// <summary>
    /// How many prefix and tag invalidations are remembered, in memory and in Redis. When there are more, the oldest
    /// are merged into one that drops everything from before them. At least 16. Default: 100,000.
    /// </summary>
    public int RememberedEpochs { get; set; } = 100_000;

    /// <summary>
    /// How long the warm-up (see <see cref="StreamHybridCacheBuilder.WarmUp"/>) may keep the instance from being ready.
    /// More than zero, at most one hour. Default: 30 s.
    /// </summary>
    public TimeSpan WarmUpLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether an exception of a load says that the source failed, so that <see cref="CachePolicy.FailSafe"/> applies,
    /// rather than being the answer, e.g. that there is no such thing. In code only. Default: every exception.
    /// </summary>
    public Func<Exception, bool> IsSourceFault { get; set; } = static _ => true;

    /// <summary>
    /// How the entries under key prefixes are kept, by the policies' names. Default: none, all entries are kept alike.
    /// </summary>
    public IDictionary<string, CachePolicy> Policies { get; } =
        new Dictionary<string, CachePolicy>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The section of a cache: that of the default cache, or of an additional one.</summary>
    internal static string SectionOf(string key) => key.Length == 0 ? SectionName : $"{SectionName}:Additional:{key}";
}
