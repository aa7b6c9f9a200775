using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Caching.Registration;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>Adds caches to a consumer group.</summary>
public static class StreamHybridCacheExtensions
{
    /// <summary>The name of the cache's meter, for the telemetry's configuration.</summary>
    public const string MeterName = CacheInstruments.MeterName;

    /// <summary>
    /// Adds <see cref="StreamHybridCache"/> as the application's <c>HybridCache</c>, invalidated by the stream: the
    /// memory of each instance by the stream's tail, the entries in Redis by the consumer group. Tail and handler are
    /// added with it. The application registers the shared <c>IConnectionMultiplexer</c>.
    /// </summary>
    /// <param name="consumer">The service's consumer group on the default stream.</param>
    /// <param name="configure">Settings; they win over the configuration section <c>Caching</c>.</param>
    /// <returns>A builder that takes the mapping of events to invalidations.</returns>
    /// <exception cref="InvalidOperationException">The cache is added already, or the group is not of the default
    /// stream.</exception>
    public static StreamHybridCacheBuilder AddHybridCache(
        this StreamConsumerBuilder consumer,
        Action<CachingOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(consumer);
        Attach(consumer);
        return CacheServices.Add(consumer.Services, CacheRegistration.DefaultKey, configure, consumer.Stream);
    }

    /// <summary>
    /// Adds a further cache, as a keyed <c>HybridCache</c> and <see cref="StreamHybridCache"/>: with entries, policies
    /// and limits of its own, on the same tail and group.
    /// </summary>
    /// <param name="consumer">The service's consumer group on the default stream.</param>
    /// <param name="key">The key within the application, e.g. <c>orders</c>: for <c>[FromKeyedServices("orders")]
    /// HybridCache cache</c>.</param>
    /// <param name="configure">
    /// Settings; they win over the configuration section <c>Caching:Additional:{key}</c>, and that over the section
    /// <c>Caching</c>, of which everything but the policies and the name of the service is taken over.
    /// <see cref="CachingOptions.Service"/> is that of the default cache, a dot and the key.
    /// </param>
    /// <returns>A builder that takes the mapping of events to this cache's invalidations.</returns>
    /// <exception cref="ArgumentException">The key is empty, or cannot be part of a setting's name because it has a
    /// colon.</exception>
    /// <exception cref="InvalidOperationException">A cache is added under the key already, or the group is not of the
    /// default stream.</exception>
    public static StreamHybridCacheBuilder AddKeyedHybridCache(
        this StreamConsumerBuilder consumer,
        string key,
        Action<CachingOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(consumer);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (key.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The cache key '{key}' has a colon, which separates the parts of a setting's name; choose e.g. "
                    + "'orders'.",
                nameof(key)
            );
        }

        Attach(consumer);
        return CacheServices.Add(consumer.Services, key, configure, consumer.Stream);
    }

    private static void Attach(StreamConsumerBuilder consumer)
    {
        if (consumer.Stream.Key.Length > 0)
        {
            throw new InvalidOperationException(
                $"The group {consumer.Group} consumes the additional stream '{consumer.Stream.Key}'; caches are "
                    + "invalidated by the default stream."
            );
        }

        consumer.Stream.AddMessages(CacheInvalidationReflection.Descriptor);

        // Once, however many caches there are: the handler serves them all, and its group's progress says how far Redis
        // is cleaned up.
        if (!consumer.Services.Any(service => service.ServiceType == typeof(CacheAttachment)))
        {
            consumer.Services.AddSingleton(new CacheAttachment());
            consumer.Stream.AddStreamTail(consumer.Group);
            consumer.HandleEveryMessage<CacheInvalidationHandler>();
        }
    }
}
