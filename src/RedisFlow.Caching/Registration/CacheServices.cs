using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Health;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Settings;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.WarmUp;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Caching.Registration;

/// <summary>
/// The cache's services: those that all caches of an application share, and those of each, registered under its key.
/// </summary>
internal static class CacheServices
{
    /// <summary>Adds a cache.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="key">Its key; empty for the default one.</param>
    /// <param name="configure">Settings in code.</param>
    /// <param name="stream">The stream that it follows; <c>null</c> in tests that stand in for it.</param>
    public static StreamHybridCacheBuilder Add(
        IServiceCollection services,
        string key,
        Action<CachingOptions>? configure = null,
        RedisStreamsBuilder? stream = null
    )
    {
        if (services.Any(service => service.ImplementationInstance is CacheRegistration added && added.Key == key))
        {
            throw new InvalidOperationException(
                key.Length == 0
                    ? "AddHybridCache was called twice; further caches of a service are added by AddKeyedHybridCache."
                    : $"AddKeyedHybridCache was called twice with the key '{key}'."
            );
        }

        var map = new InvalidationMap();
        AddShared(services);
        AddOptions(services, key, configure);
        AddCache(services, key, map);
        return new StreamHybridCacheBuilder(services, key, map, stream);
    }

    private static void AddOptions(IServiceCollection services, string key, Action<CachingOptions>? configure)
    {
        var options = services
            .AddOptions<CachingOptions>(key)
            .Configure<IHostEnvironment>((cache, environment) => cache.Service = environment.ApplicationName)
            .BindConfiguration(CachingOptions.SectionName);
        if (key != CacheRegistration.DefaultKey)
        {
            // All but the default cache's name and policies holds for it too.
            options
                .Configure(cache =>
                {
                    cache.Service = $"{cache.Service}.{key}";
                    cache.Policies.Clear();
                })
                .BindConfiguration(CachingOptions.SectionOf(key));
        }

        options.Configure(cache => configure?.Invoke(cache)).ValidateOnStart();
    }

    // Unless that was done before.
    private static void AddShared(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(StreamHybridCaches)))
        {
            return;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<CachingOptions>, CachingOptionsValidator>();
        services.TryAddSingleton<IFillObserver, NoFillObserver>();
        services.AddSingleton<Serializers>();
        services.AddSingleton(provider => new CacheInstruments(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new StreamHybridCaches(
            provider
                .GetServices<CacheRegistration>()
                .Select(cache => provider.GetRequiredKeyedService<StreamHybridCache>(cache.Key))
        ));
        services.AddSingleton<CacheWarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheWarmUp>());
        services
            .AddHealthChecks()
            .AddCheck<CacheHealthCheck>(CacheHealthCheck.Name)
            .AddCheck<WarmUpHealthCheck>(WarmUpHealthCheck.Name);
    }

    private static void AddCache(IServiceCollection services, string key, InvalidationMap map)
    {
        services.AddSingleton(new CacheRegistration(key));
        services.AddKeyedSingleton(
            key,
            (provider, _) =>
                new CacheComponents(
                    provider.GetRequiredService<IOptionsMonitor<CachingOptions>>().Get(key),
                    map,
                    () => provider.GetRequiredService<IConnectionMultiplexer>().GetDatabase(),
                    provider.GetRequiredService<Serializers>(),
                    provider.GetRequiredService<CacheInstruments>(),
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<StreamHybridCache>>(),
                    provider.GetService<IOptions<StreamOptions>>()
                )
        );

        // The observer does not know the cache, which needs the tail, which needs the observer.
        services.AddSingleton<IStreamTailObserver>(provider =>
            provider.GetRequiredKeyedService<CacheComponents>(key).Observer
        );
        services.AddKeyedSingleton(
            key,
            (provider, _) =>
                new StreamHybridCache(
                    provider.GetRequiredKeyedService<CacheComponents>(key),
                    provider.GetRequiredService<IStreamTail>(),
                    provider.GetRequiredService<IStreamPublisher>(),
                    provider.GetRequiredService<IFillObserver>()
                )
        );
        services.AddKeyedSingleton<HybridCache>(
            key,
            (provider, _) => provider.GetRequiredKeyedService<StreamHybridCache>(key)
        );
        if (key == CacheRegistration.DefaultKey)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<StreamHybridCache>(key));
            services.AddSingleton<HybridCache>(provider => provider.GetRequiredKeyedService<StreamHybridCache>(key));
        }
    }
}
