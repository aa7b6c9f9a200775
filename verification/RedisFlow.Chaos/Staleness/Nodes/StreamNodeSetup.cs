using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;
using RedisFlow.Caching.Loading;
using RedisFlow.Chaos.Staleness.Nodes.Sabotage;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>
/// Adds the cache to a node as a service adds it, and then the fault on purpose, if the node has one.
/// </summary>
internal static class StreamNodeSetup
{
    /// <summary>Adds both.</summary>
    public static void Add(HostApplicationBuilder builder, NodeArguments arguments)
    {
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Streams:Retention"] = NodeSettings.Retention.ToString(),
                ["Streams:TrimInterval"] = "00:00:05",
                ["Caching:Service"] = arguments.Service,
                ["Caching:MaxDisconnectedTime"] = arguments.Blindness.ToString(),
                ["Caching:RedisTimeout"] = NodeSettings.RedisTimeout.ToString(),
                ["Caching:LocalEntryLimit"] = NodeSettings
                    .L1Limit(arguments.Keys)
                    .ToString(CultureInfo.InvariantCulture),

                // What disappears in a run disappears because it was invalidated or evicted.
                ["Caching:DefaultExpiration"] = "1.00:00:00",
            }
        );
        var keys = new KeySpace(arguments.Keys);
        var streams = builder.AddRedisStreams("redis");
        streams
            .AddStreamConsumer(arguments.Service)
            .AddHybridCache()
            .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key(keys.Name((int)updated.CompanyId)))
            .InvalidateOn<CompanyDeleted>(deleted => Invalidation.Prefix(KeySpace.Prefix((int)deleted.CompanyId)))
            .InvalidateOn<UserRolesChanged>(changed => Invalidation.Tag(KeySpace.Tag((int)changed.UserId)));
        builder.Services.AddSingleton<IFillObserver, DelayedFills>();
        NodeSettings.SetMode(streams, arguments.Mode);
        builder.Services.AddSingleton<INode, StreamNode>();
        builder.Services.AddSingleton<CacheCounters>();
        Break(builder.Services, arguments.Fault);
    }

    private static void Break(IServiceCollection services, CacheFault fault)
    {
        switch (fault)
        {
            case CacheFault.FillUnguarded:
                services.AddSingleton<ICachedReads, UnguardedFills>();
                return;
            case CacheFault.StampedLate:
                services.AddSingleton<ICachedReads, LateStamps>();
                return;
            case CacheFault.TailDrops:
                services.Decorate<IStreamTailObserver>(observer => new LossyObserver(observer));
                break;
            case CacheFault.L2Unguarded:
                services.Decorate<IConnectionMultiplexer>(UnguardedL2.Around);
                break;
        }

        services.AddSingleton<ICachedReads, CachedReads>();
    }

    /// <summary>Puts something around the last registration of a service.</summary>
    private static void Decorate<T>(this IServiceCollection services, Func<T, T> around)
        where T : class
    {
        var inner = services.Last(service => service.ServiceType == typeof(T) && !service.IsKeyedService);
        services.Remove(inner);
        services.AddSingleton(provider =>
            around(
                (T)(
                    inner.ImplementationInstance
                    ?? inner.ImplementationFactory?.Invoke(provider)
                    ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!)
                )
            )
        );
    }
}
