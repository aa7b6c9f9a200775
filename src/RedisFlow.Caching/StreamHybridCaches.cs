using Microsoft.Extensions.Options;

namespace RedisFlow.Caching;

/// <summary>The caches of the application: the default one and the keyed ones.</summary>
public sealed class StreamHybridCaches
{
    internal StreamHybridCaches(IEnumerable<StreamHybridCache> caches)
    {
        All = [.. caches];

        // They would share entries in Redis, but not what makes them stale.
        if (All.GroupBy(cache => cache.Service).FirstOrDefault(same => same.Count() > 1) is { } same)
        {
            throw new OptionsValidationException(
                CachingOptions.SectionName,
                typeof(CachingOptions),
                [
                    $"Caching:Service is '{same.Key}' for {same.Count()} caches of this application. Each needs one "
                        + $"of its own; set e.g. Caching:Additional:orders:Service to \"{same.Key}.orders\".",
                ]
            );
        }
    }

    /// <summary>All of them, in the order of their registration.</summary>
    public IReadOnlyList<StreamHybridCache> All { get; }
}
