using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Caching.Serialization;

namespace RedisFlow.Caching;

/// <summary>Says how cached values are written.</summary>
public static class CacheSerializationExtensions
{
    /// <summary>
    /// Writes the types that a source-generated context knows with its code and its options, and not by reflection:
    /// <code>
    /// [JsonSerializable(typeof(CompanyReport))]
    /// internal sealed partial class CacheJson : JsonSerializerContext;
    ///
    /// builder.Services.AddCacheJsonContext(CacheJson.Default);
    /// </code>
    /// </summary>
    /// <remarks>
    /// May be called several times; the last context that knows a type wins. Types that none knows are written by
    /// reflection; strings, bytes and protobuf messages have forms of their own, whether a context knows them or not. A
    /// registered <see cref="IHybridCacheSerializer{T}"/> or <see cref="IHybridCacheSerializerFactory"/> wins over
    /// every context. Raise <see cref="CachingOptions.Version"/> when entries that are in Redis cannot be read that
    /// way, e.g. because the context names members otherwise.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="context">The context.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddCacheJsonContext(
        this IServiceCollection services,
        JsonSerializerContext context
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(context);
        return services.AddSingleton<IHybridCacheSerializerFactory>(new JsonSerializers.Factory(context));
    }
}
