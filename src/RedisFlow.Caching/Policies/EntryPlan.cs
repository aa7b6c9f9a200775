using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching.Policies;

/// <summary>How one call's entry is kept: what the call says, then its key's policy.</summary>
/// <param name="Policy">The key's policy.</param>
/// <param name="Options">What the call says.</param>
internal readonly record struct EntryPlan(KeyPolicy Policy, HybridCacheEntryOptions? Options)
{
    /// <summary>The longest lifetime, which settings have too; a call that asks for more gets this.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(365);

    public HybridCacheEntryFlags Flags => Options?.Flags ?? HybridCacheEntryFlags.None;

    /// <summary>Whether a large payload may be compressed.</summary>
    public bool Compresses => !Has(HybridCacheEntryFlags.DisableCompression);

    /// <summary>Whether a call may go to the source.</summary>
    public static bool MayLoad(HybridCacheEntryOptions? options) =>
        options is null || (options.Flags & HybridCacheEntryFlags.DisableUnderlyingData) == 0;

    public bool Has(HybridCacheEntryFlags flag) => (Flags & flag) != 0;

    /// <summary>How long a value lives.</summary>
    /// <param name="isNull">Whether it is the answer that there is nothing.</param>
    /// <param name="chance">0 to 1: the part of the jitter that is taken off.</param>
    public Lifetime LifetimeOf(bool isNull, double chance)
    {
        var whole = Shorter(Options?.Expiration ?? Policy.Expiration, LongestLifetime);
        var local = Options?.LocalCacheExpiration ?? (Options?.Expiration is null ? Policy.LocalExpiration : whole);
        if (isNull && Policy.NullExpiration < whole)
        {
            whole = Policy.NullExpiration;
        }

        if (local > whole)
        {
            local = whole;
        }

        // A call's own lifetime may be shorter than the policy's jitter: then at most half of it is taken off.
        return new Lifetime(
            whole - (chance * Shorter(Policy.Jitter, whole / 2)),
            local - (chance * Shorter(Policy.Jitter, local / 2))
        );
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>How long a value lives.</summary>
/// <param name="Whole">In Redis; zero or less: it is not stored.</param>
/// <param name="Local">In memory; not longer than in Redis.</param>
internal readonly record struct Lifetime(TimeSpan Whole, TimeSpan Local);
