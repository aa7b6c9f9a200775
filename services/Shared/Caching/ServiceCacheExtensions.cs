using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.Services.OrganizationApi;
using RedisFlow.Streams;

namespace RedisFlow.Services.Caching;

/// <summary>Adds the cache to a service, under the service's name.</summary>
public static class ServiceCacheExtensions
{
    /// <summary>
    /// Adds the cache for what is read from Organization. That there is no such entity is an answer: it reaches the
    /// caller, and no expired entry is served in its place, see <see cref="CachingOptions.IsSourceFault"/>.
    /// </summary>
    /// <param name="consumer">The service's consumer group.</param>
    /// <param name="service">Its name, one of <see cref="ResourceNames"/>.</param>
    /// <returns>A builder that takes the mapping of events to invalidations.</returns>
    public static StreamHybridCacheBuilder AddServiceCache(this StreamConsumerBuilder consumer, string service) =>
        consumer.AddHybridCache(cache =>
        {
            cache.Service = service;
            cache.IsSourceFault = static exception => exception is not OrganizationNotFoundException;
        });
}
