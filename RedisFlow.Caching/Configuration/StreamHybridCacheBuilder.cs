using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Caching;

/// <summary>Says which events make which of the service's entries stale.</summary>
public sealed class StreamHybridCacheBuilder
{
    private readonly InvalidationMap _map;

    internal StreamHybridCacheBuilder(IServiceCollection services, InvalidationMap map)
    {
        Services = services;
        _map = map;
    }

    /// <summary>The services that the cache is registered with.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Maps an event to what it makes stale. The tail of each instance (memory) and the service's consumer group (Redis) both use
    /// it, and an event may be mapped more than once. Raise <see cref="CachingOptions.Version"/> together with a change of the mapping:
    /// entries in Redis are kept right by the mapping that their version has.
    /// </summary>
    /// <param name="map">
    /// A pure function of the event: the same event gives the same keys, always and everywhere. When it throws, everything is dropped.
    /// </param>
    /// <typeparam name="TPayload">The event's type.</typeparam>
    public StreamHybridCacheBuilder InvalidateOn<TPayload>(Func<TPayload, CacheInvalidation> map)
        where TPayload : IMessage<TPayload>
    {
        ArgumentNullException.ThrowIfNull(map);
        _map.Add(map);
        return this;
    }
}
