using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Caching;

/// <summary>The cache's services: those that all caches of an application share, and those of each, registered under its key.</summary>
internal static class CacheServices
{
    /// <summary>Adds what all caches share, unless that was done before.</summary>
    public static void AddShared(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(StreamHybridCaches)))
        {
            return;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<CachingOptions>, CachingOptionsValidator>();
        services.AddSingleton<Serializers>();
        services.AddSingleton(provider => new CacheInstruments(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new StreamHybridCaches(
            provider.GetServices<CacheRegistration>().Select(cache => provider.GetRequiredKeyedService<StreamHybridCache>(cache.Key))));
        services.AddSingleton<CacheWarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheWarmUp>());
        services.AddHealthChecks()
            .AddCheck<CacheHealthCheck>(CacheHealthCheck.Name)
            .AddCheck<WarmUpHealthCheck>(WarmUpHealthCheck.Name);
    }

    /// <summary>Adds a cache.</summary>
    public static void Add(IServiceCollection services, string key, InvalidationMap map)
    {
        services.AddSingleton(new CacheRegistration(key));
        services.AddKeyedSingleton(key, (provider, _) => new CacheComponents(
            provider.GetRequiredService<IOptionsMonitor<CachingOptions>>().Get(key),
            map,
            () => provider.GetRequiredService<IConnectionMultiplexer>().GetDatabase(),
            provider.GetRequiredService<Serializers>(),
            provider.GetRequiredService<CacheInstruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StreamHybridCache>>(),
            provider.GetService<IOptions<StreamOptions>>()));

        // The observer does not know the cache, which needs the tail, which needs the observer.
        services.AddSingleton<IStreamTailObserver>(provider => provider.GetRequiredKeyedService<CacheComponents>(key).Observer);
        services.AddKeyedSingleton(key, (provider, _) => new StreamHybridCache(
            provider.GetRequiredKeyedService<CacheComponents>(key),
            provider.GetRequiredService<IStreamTail>(),
            provider.GetRequiredService<IStreamPublisher>()));
        services.AddKeyedSingleton<HybridCache>(key, (provider, _) => provider.GetRequiredKeyedService<StreamHybridCache>(key));
        if (key == CacheRegistration.DefaultKey)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<StreamHybridCache>(key));
            services.AddSingleton<HybridCache>(provider => provider.GetRequiredKeyedService<StreamHybridCache>(key));
        }
    }
}
