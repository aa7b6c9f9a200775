using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching.WarmUp;

/// <summary>Something that is to be in a cache before the instance is ready.</summary>
/// <param name="CacheKey">The key of the cache; empty for the default one.</param>
/// <param name="Name">Its name.</param>
/// <param name="RunAsync">Reads the keys.</param>
internal sealed record WarmUpRegistration(
    string CacheKey,
    string Name,
    Func<IServiceProvider, HybridCache, CancellationToken, Task> RunAsync
);
