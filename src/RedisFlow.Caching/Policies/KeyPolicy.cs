using RedisFlow.Caching.Keys;
using RedisFlow.Caching.Statistics;

namespace RedisFlow.Caching.Policies;

/// <summary>
/// A policy as it is applied: what it leaves open is taken from the cache's settings. It also counts what its keys do.
/// </summary>
internal sealed class KeyPolicy
{
    /// <summary>The name of the policy for keys that no other takes.</summary>
    public const string DefaultName = "default";

    /// <summary>For how long nothing is believed to be there, unless the policy says otherwise.</summary>
    public static readonly TimeSpan DefaultNullExpiration = TimeSpan.FromSeconds(30);

    public KeyPolicy(string name, CachePolicy policy, CachingOptions options)
    {
        Name = name;
        KeyPrefix = InvalidationRules.NormalizePrefix(policy.KeyPrefix);
        Expiration = policy.Expiration ?? options.DefaultExpiration;
        LocalExpiration = Shorter(
            policy.LocalExpiration ?? (policy.Expiration is null ? options.DefaultLocalExpiration : null) ?? Expiration,
            Expiration
        );
        NullExpiration = policy.NullExpiration ?? Shorter(DefaultNullExpiration, Expiration);
        Jitter = policy.Jitter;
        FailSafe = policy.FailSafe;
        FailSafeRetry = policy.FailSafeRetry;
        SoftTimeout = policy.SoftTimeout;
        HardTimeout = policy.HardTimeout;
        EagerRefresh = policy.EagerRefresh;
        LoadLease = policy.LoadLease;
        MaxDisconnectedTime = options.MaxDisconnectedTime + policy.ServeStaleWhileDisconnected;
    }

    public string Name { get; }

    /// <summary>Without the <c>:</c> that may follow it; empty for every key.</summary>
    public string KeyPrefix { get; }

    public TimeSpan Expiration { get; }

    public TimeSpan LocalExpiration { get; }

    public TimeSpan NullExpiration { get; }

    public TimeSpan Jitter { get; }

    public TimeSpan FailSafe { get; }

    public TimeSpan FailSafeRetry { get; }

    public TimeSpan? SoftTimeout { get; }

    public TimeSpan? HardTimeout { get; }

    public double? EagerRefresh { get; }

    public TimeSpan? LoadLease { get; }

    /// <summary>How long ago this instance may have been at the stream's end for its memory to be served.</summary>
    public TimeSpan MaxDisconnectedTime { get; }

    public PolicyStatistics Statistics { get; } = new();

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
