using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RedisFlow.Caching;

/// <summary>Registers the cache.</summary>
public static class StreamHybridCacheExtensions
{
    /// <summary>The name of the cache's meter, for the telemetry's configuration.</summary>
    public const string MeterName = CacheInstruments.MeterName;

    /// <summary>
    /// Registers <see cref="StreamHybridCache"/> as the application's <c>HybridCache</c>. From the stream engine it needs the connection
    /// (<c>IConnectionMultiplexer</c>), the publisher, the tail, and the service's consumer group with
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
        var application = builder.Environment.ApplicationName;
        return Add(builder, CacheRegistration.DefaultKey, options => options.Configure(cache => cache.Service = application), configure);
    }

    /// <summary>
    /// Registers a further cache, as a keyed <c>HybridCache</c> and <see cref="StreamHybridCache"/>: with entries, policies and limits of its own,
    /// on the same tail and group.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="key">The key within the application, e.g. <c>orders</c>: for <c>[FromKeyedServices("orders")] HybridCache cache</c>.</param>
    /// <param name="configure">
    /// Settings; they win over the configuration section <c>Caching:Additional:{key}</c>, and that over the section <c>Caching</c>, of which
    /// everything but the policies and the name of the service is taken over. <see cref="CachingOptions.Service"/> is that of the default
    /// cache, a dot and the key.
    /// </param>
    /// <returns>A builder that takes the mapping of events to this cache's invalidations.</returns>
    /// <exception cref="ArgumentException">The key is empty, or cannot be part of a setting's name because it has a colon.</exception>
    /// <exception cref="InvalidOperationException">A cache is registered under the key already.</exception>
    public static StreamHybridCacheBuilder AddKeyedStreamHybridCache(
        this IHostApplicationBuilder builder,
        string key,
        Action<CachingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (key.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The cache key '{key}' has a colon, which separates the parts of a setting's name; choose e.g. 'orders'.", nameof(key));
        }

        var application = builder.Environment.ApplicationName;
        var configuration = builder.Configuration;
        return Add(builder, key, options => options.Configure(cache => cache.InheritFrom(Defaults(application, configuration), key)), configure);
    }

    // Read anew: the default cache need not be registered, and its settings in code are its own.
    private static CachingOptions Defaults(string application, IConfiguration configuration)
    {
        var defaults = new CachingOptions { Service = application };
        configuration.GetSection(CachingOptions.SectionName).Bind(defaults);
        return defaults;
    }

    private static StreamHybridCacheBuilder Add(
        IHostApplicationBuilder builder,
        string key,
        Action<OptionsBuilder<CachingOptions>> setDefaults,
        Action<CachingOptions>? configure)
    {
        var services = builder.Services;
        if (services.Any(service => service.ImplementationInstance is CacheRegistration added && added.Key == key))
        {
            throw new InvalidOperationException(key.Length == 0
                ? "AddStreamHybridCache was called twice; further caches of a service are added by AddKeyedStreamHybridCache."
                : $"AddKeyedStreamHybridCache was called twice with the key '{key}'.");
        }

        var options = services.AddOptions<CachingOptions>(key);
        setDefaults(options);
        options
            .Bind(builder.Configuration.GetSection(CachingOptions.SectionOf(key)))
            .Configure(cache => configure?.Invoke(cache))
            .ValidateOnStart();
        var map = new InvalidationMap();
        CacheServices.AddShared(services);
        CacheServices.Add(services, key, map);
        return new StreamHybridCacheBuilder(services, key, map);
    }
}
