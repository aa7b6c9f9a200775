using Google.Protobuf;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.WarmUp;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>Says which events make which of the service's entries stale.</summary>
public sealed class StreamHybridCacheBuilder
{
    private readonly string _key;
    private readonly InvalidationMap _map;
    private readonly RedisStreamsBuilder? _stream;

    internal StreamHybridCacheBuilder(
        IServiceCollection services,
        string key,
        InvalidationMap map,
        RedisStreamsBuilder? stream
    )
    {
        _stream = stream;
        Services = services;
        _key = key;
        _map = map;
    }

    /// <summary>The services that the cache is registered with.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Maps an event to what it makes stale. The tail of each instance (memory) and the service's consumer group
    /// (Redis) both use it, and an event may be mapped more than once. Raise <see cref="CachingOptions.Version"/>
    /// together with a change of the mapping: entries in Redis are kept right by the mapping that their version has.
    /// </summary>
    /// <param name="map">
    /// A pure function of the event: the same event gives the same keys, always and everywhere. When it throws,
    /// everything is dropped.
    /// </param>
    /// <typeparam name="TPayload">The event's type.</typeparam>
    public StreamHybridCacheBuilder InvalidateOn<TPayload>(Func<TPayload, CacheInvalidation> map)
        where TPayload : IMessage<TPayload>, new()
    {
        ArgumentNullException.ThrowIfNull(map);
        _stream?.AddMessages(new TPayload().Descriptor.File);
        _map.Add(map);
        return this;
    }

    /// <summary>
    /// Maps the subject of a message whose type or schema this build does not know, because a newer build published it,
    /// to what such a message may make stale. Without this, everything is dropped for each of them; so it is for those
    /// without a subject. May be called several times: all of what they say is dropped.
    /// </summary>
    /// <param name="map">
    /// A pure function of the subject, e.g. <c>subject => subject.StartsWith("user/") ? Invalidation.None :
    /// Invalidation.Everything</c> in a service that caches nothing about users. It must name all that ANY event about
    /// the subject may ever make stale: a transfer has one company as its subject, and concerns two.
    /// </param>
    public StreamHybridCacheBuilder InvalidateOnUnknown(Func<string, CacheInvalidation> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _map.AddUnknown(map);
        return this;
    }

    /// <summary>
    /// Fills the cache at start, before the instance is ready: the load balancer sends no request to a cold one. It
    /// begins when the tail has started, so that what it loads is stored. One that fails is logged and does not keep
    /// the instance from being ready; nor does one that takes longer than <see cref="CachingOptions.WarmUpLimit"/>,
    /// which goes on.
    /// </summary>
    /// <param name="name">What is warmed up, for the log and the health check, e.g. <c>reports</c>.</param>
    /// <param name="warmUp">
    /// Reads the declared keys through the cache. It gets services of a scope of its own, and a token that is cancelled
    /// when the application stops.
    /// </param>
    public StreamHybridCacheBuilder WarmUp(
        string name,
        Func<IServiceProvider, HybridCache, CancellationToken, Task> warmUp
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(warmUp);
        Services.AddSingleton(new WarmUpRegistration(_key, name, warmUp));
        return this;
    }
}
