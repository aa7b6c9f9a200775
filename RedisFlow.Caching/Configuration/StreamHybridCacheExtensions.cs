using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Caching;

/// <summary>Registers the cache.</summary>
public static class StreamHybridCacheExtensions
{
    /// <summary>The name of the cache's meter, for the telemetry's configuration.</summary>
    public const string MeterName = CacheMetrics.MeterName;

    /// <summary>
    /// Registers <see cref="StreamHybridCache"/> as the application's <see cref="HybridCache"/>. It needs an
    /// <see cref="IConnectionMultiplexer"/> and, from the stream engine, the publisher, the tail, and the service's consumer group with
    /// <see cref="CacheInvalidationHandler"/> attached to it: without the handler nothing cleans up the entries in Redis.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="configure">Settings; they win over the configuration section <c>Caching</c>.</param>
    /// <returns>A builder that takes the mapping of events to invalidations.</returns>
    /// <exception cref="InvalidOperationException">The cache is registered already.</exception>
    public static StreamHybridCacheBuilder AddStreamHybridCache(
        this IHostApplicationBuilder builder,
        Action<CachingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(StreamHybridCache)))
        {
            throw new InvalidOperationException("AddStreamHybridCache was called twice; a service has one cache.");
        }

        var application = builder.Environment.ApplicationName;
        services.AddOptions<CachingOptions>()
            .Configure(options => options.Service = application)
            .Bind(builder.Configuration.GetSection(CachingOptions.SectionName))
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<CachingOptions>, CachingOptionsValidator>();

        var map = new InvalidationMap();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new CacheMetrics(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => Log(Options(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Level1Cache>(provider, Options(provider)));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Level2Cache>(provider, Options(provider)));
        services.AddSingleton(provider => new InvalidationResolver(
            map, Options(provider).Service, provider.GetRequiredService<ILogger<StreamHybridCache>>()));
        services.AddSingleton<Serializers>();

        // The observer does not know the cache, which needs the tail, which needs the observer.
        services.AddSingleton<IStreamTailObserver, TailInvalidator>();
        services.AddSingleton(provider => new StreamHybridCache(
            Options(provider),
            provider.GetRequiredService<InvalidationLog>(),
            provider.GetRequiredService<Level1Cache>(),
            provider.GetRequiredService<Level2Cache>(),
            provider.GetRequiredService<InvalidationResolver>(),
            provider.GetRequiredService<IStreamTail>(),
            provider.GetRequiredService<IStreamPublisher>(),
            provider.GetRequiredService<Serializers>(),
            provider.GetRequiredService<CacheMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StreamHybridCache>>()));
        services.AddSingleton<HybridCache>(provider => provider.GetRequiredService<StreamHybridCache>());
        return new StreamHybridCacheBuilder(services, map);
    }

    private static CachingOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<CachingOptions>>().Value;

    private static InvalidationLog Log(CachingOptions options, TimeProvider time) =>
        new(options.RememberedKeys, options.RememberedEpochs, options.MaxLoadTime, time);
}
