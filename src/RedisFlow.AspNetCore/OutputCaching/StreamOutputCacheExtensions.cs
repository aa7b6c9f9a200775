using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;

namespace RedisFlow.AspNetCore.OutputCaching;

/// <summary>Registers the output cache.</summary>
public static class StreamOutputCacheExtensions
{
    /// <summary>
    /// Registers ASP.NET Core's output cache over the application's <see cref="StreamHybridCache"/>, see
    /// <see cref="StreamOutputCacheStore"/>. The application calls <c>UseOutputCache()</c>, after whatever makes a
    /// request wait for a position.
    /// </summary>
    /// <param name="builder">The application's builder, with <c>AddStreamConsumer(group).AddHybridCache()</c>.</param>
    /// <param name="configure">The output cache's settings and policies.</param>
    public static IHostApplicationBuilder AddStreamOutputCache(
        this IHostApplicationBuilder builder,
        Action<OutputCacheOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddHttpContextAccessor();
        services.AddOutputCache();
        services
            .AddOptions<OutputCacheOptions>()
            .Configure<StreamHybridCache>(
                (options, cache) =>
                {
                    options.AddBasePolicy(new LoadTicketPolicy(cache));
                    configure?.Invoke(options);
                }
            );
        services.TryAddSingleton(provider => new StreamOutputCacheStore(
            provider.GetRequiredService<StreamHybridCache>(),
            provider.GetRequiredService<IHttpContextAccessor>()
        ));

        // AddOutputCache has registered its own, in memory.
        services.Replace(
            ServiceDescriptor.Singleton<IOutputCacheStore>(provider =>
                provider.GetRequiredService<StreamOutputCacheStore>()
            )
        );
        return builder;
    }
}
