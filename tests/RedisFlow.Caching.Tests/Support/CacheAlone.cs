using Microsoft.Extensions.Hosting;
using RedisFlow.Caching.Registration;

namespace RedisFlow.Caching.Tests;

/// <summary>Registers caches beside stand-ins for the stream, which the test registers.</summary>
internal static class CacheAlone
{
    public static StreamHybridCacheBuilder AddCache(
        this HostApplicationBuilder builder,
        Action<CachingOptions>? configure = null
    ) => CacheServices.Add(builder.Services, CacheRegistration.DefaultKey, configure);

    public static StreamHybridCacheBuilder AddKeyedCache(
        this HostApplicationBuilder builder,
        string key,
        Action<CachingOptions>? configure = null
    ) => CacheServices.Add(builder.Services, key, configure);
}
