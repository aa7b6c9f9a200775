namespace RedisFlow.Caching;

/// <summary>
/// How the entries under a key prefix are kept: configuration section <c>Caching:Policies:{name}</c>. What is not set
/// is as in
/// <see cref="CachingOptions"/>, or off. What a call says in its <c>HybridCacheEntryOptions</c> wins.
/// </summary>
/// <remarks>A policy is also a declared key pattern: hits, misses and latencies are counted per policy.</remarks>
public sealed class CachePolicy
{
    /// <summary>
    /// The prefix of the keys: <c>report</c> takes <c>report</c> and <c>report:17</c>, not <c>reports:17</c>. Of
    /// several that match, the longest holds. Empty: every key that no other policy takes. Required to be different
    /// from that of every other policy.
    /// </summary>
    public string KeyPrefix { get; set; } = "";

    /// <summary>
    /// How long an entry lives in Redis, and at most in memory. 1 ms to 365 days. Default:
    /// <see cref="CachingOptions.DefaultExpiration"/>.
    /// </summary>
    public TimeSpan? Expiration { get; set; }

    /// <summary>
    /// How long an entry lives in memory; not longer than <see cref="Expiration"/>. From 1 ms. Default:
    /// <see cref="CachingOptions.DefaultLocalExpiration"/>, or as long as in Redis if <see cref="Expiration"/> is set.
    /// </summary>
    public TimeSpan? LocalExpiration { get; set; }

    /// <summary>
    /// How long the answer "there is nothing" (<c>null</c>) lives; zero: it is not cached. Not longer than
    /// <see cref="Expiration"/>. A service that inserts must also invalidate; this bounds the cost of a forgotten
    /// invalidation. Default: 30 s, or <see cref="Expiration"/> if that is shorter.
    /// </summary>
    public TimeSpan? NullExpiration { get; set; }

    /// <summary>
    /// Up to this much, at random, is taken off an entry's lifetime, so that entries that were stored together do not
    /// expire together. Shorter than both lifetimes. Default: zero.
    /// </summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>
    /// How long after its expiry an entry may still be served when the load fails or exceeds <see cref="SoftTimeout"/>.
    /// What was invalidated is never served, however the load ends. At most 365 days. Default: zero, never.
    /// </summary>
    public TimeSpan FailSafe { get; set; }

    /// <summary>
    /// How long the source is left alone after a failed load for which an expired entry was served. At most 1 hour.
    /// Default: 1 s.
    /// </summary>
    public TimeSpan FailSafeRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a caller waits for a load if an expired entry can be served instead; the load goes on, and its value is
    /// stored. Needs
    /// <see cref="FailSafe"/>. At least 1 ms. Default: <c>null</c>, until the load ends.
    /// </summary>
    public TimeSpan? SoftTimeout { get; set; }

    /// <summary>
    /// How long a caller waits for a load at all: then it gets a <see cref="CacheLoadTimeoutException"/>, while the
    /// load goes on. Longer than
    /// <see cref="SoftTimeout"/>, at most <see cref="CachingOptions.MaxLoadTime"/>. Default: <c>null</c>, until the
    /// load ends.
    /// </summary>
    public TimeSpan? HardTimeout { get; set; }

    /// <summary>
    /// The part of its lifetime in memory after which the next hit reloads an entry in the background, while it is
    /// still served. 0.1 to 0.95, e.g. 0.8. The factory then outlives the call: it must not use what ends with a
    /// request. Default: <c>null</c>, no reload.
    /// </summary>
    public double? EagerRefresh { get; set; }

    /// <summary>
    /// Loads of a key are shared by all processes: for at most this long, one process loads and the others wait for its
    /// entry in Redis. At most <see cref="CachingOptions.MaxLoadTime"/>. Default: <c>null</c>, each process loads for
    /// itself.
    /// </summary>
    public TimeSpan? LoadLease { get; set; }

    /// <summary>
    /// While the instance is blind, see <see cref="CachingOptions.MaxDisconnectedTime"/>, its memory is still served
    /// for this long: possibly stale. At most 1 hour. Default: zero, the memory is passed by.
    /// </summary>
    public TimeSpan ServeStaleWhileDisconnected { get; set; }
}
