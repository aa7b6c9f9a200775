using System.Globalization;
using Microsoft.Extensions.Caching.Distributed;

namespace RedisFlow.Caching;

/// <summary>When an entry ends, as the scripts want it.</summary>
/// <param name="Sliding">The sliding time in ms, or empty.</param>
/// <param name="Left">The ms until the absolute end, or empty.</param>
internal readonly record struct DistributedExpiration(string Sliding, string Left)
{
    /// <summary>Where both absolute times are given, the relative one counts, as everywhere in .NET.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The absolute end is not in the future.</exception>
    public static DistributedExpiration Of(DistributedCacheEntryOptions options, DateTimeOffset now)
    {
        if (options.AbsoluteExpiration <= now)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.AbsoluteExpiration, "AbsoluteExpiration is not in the future.");
        }

        return new DistributedExpiration(
            Milliseconds(options.SlidingExpiration), Milliseconds(options.AbsoluteExpirationRelativeToNow ?? options.AbsoluteExpiration - now));
    }

    // Rounded up: no entry ends before its time, and Redis knows no shorter one.
    private static string Milliseconds(TimeSpan? time) =>
        time is { } given ? ((long)Math.Ceiling(given.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture) : "";
}
