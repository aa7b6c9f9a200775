using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RedisFlow.Caching;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Registration;
using RedisFlow.PubSub.Cleaning;
using RedisFlow.PubSub.Publishing;
using RedisFlow.PubSub.Tailing;
using RedisFlow.Streams;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Tailing;

namespace RedisFlow.PubSub;

/// <summary>Puts an application on Pub/Sub, to compare.</summary>
public static class PubSubExtensions
{
    /// <summary>
    /// Lets the tail listen to a Pub/Sub channel in place of the stream, and the publisher announce on it what it
    /// publishes. The caches behave as caches on Pub/Sub do: each instance applies to Redis what it hears, and the
    /// group leaves Redis alone. Positions and the delivery to consumer groups stay as they are. Every application with
    /// the stream must do it, or some do not hear the others.
    /// </summary>
    /// <param name="streams">The stream, after its tail and the caches were added.</param>
    public static RedisStreamsBuilder UsePubSub(this RedisStreamsBuilder streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        var (services, key) = (streams.Services, streams.Key);
        if (key.Length == 0 && services.Any(service => service.ServiceType == typeof(CacheAttachment)))
        {
            ReplaceGroup(services);
        }

        services.RemoveAllKeyed<IStreamPublisher>(key);
        services.AddKeyedSingleton<StreamPublisher>(key);
        services.AddKeyedSingleton<IStreamPublisher>(key, (provider, _) => CreatePublisher(provider, key));
        if (services.Any(service => service.ServiceType == typeof(TailService) && key.Equals(service.ServiceKey)))
        {
            services.RemoveAllKeyed<TailService>(key);
            services.AddKeyedSingleton<TailService, ChannelTailService>(key);
        }

        return streams;
    }

    /// <summary>The group's handler is left without caches; what cleans Redis in its place hears the tail.</summary>
    private static void ReplaceGroup(IServiceCollection services)
    {
        services.RemoveAll<CacheInvalidationHandler>();
        services.AddSingleton(new CacheInvalidationHandler(new StreamHybridCaches([])));
        services.AddSingleton(provider => new L2Cleaner([
            .. provider
                .GetServices<CacheRegistration>()
                .Select(cache => provider.GetRequiredKeyedService<CacheComponents>(cache.Key)),
        ]));

        // After the caches' own observers: memory first.
        services.AddSingleton<IStreamTailObserver>(provider => provider.GetRequiredService<L2Cleaner>());
    }

    private static AnnouncingPublisher CreatePublisher(IServiceProvider provider, string key)
    {
        var keys = provider.GetRequiredKeyedService<StreamContext>(key).Keys;
        return new AnnouncingPublisher(
            provider.GetRequiredKeyedService<StreamPublisher>(key),
            Announcement.Channel(keys),
            keys.Stream,
            provider.GetRequiredService<SharedRedis>(),
            key.Length == 0 ? provider.GetService<L2Cleaner>() : null
        );
    }
}
