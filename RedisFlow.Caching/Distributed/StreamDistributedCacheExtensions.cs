using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisFlow.Caching;

/// <summary>Registers Redis as a distributed cache.</summary>
public static class StreamDistributedCacheExtensions
{
    /// <summary>
    /// Registers a <see cref="RedisBufferDistributedCache"/> as the application's <see cref="IDistributedCache"/> and
    /// <see cref="IBufferDistributedCache"/>. It needs an <see cref="IConnectionMultiplexer"/>.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="configure">Settings; they win over the configuration section <c>Caching:Distributed</c>.</param>
    /// <exception cref="InvalidOperationException">It is registered already.</exception>
    public static IHostApplicationBuilder AddStreamDistributedCache(
        this IHostApplicationBuilder builder, Action<DistributedCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(RedisBufferDistributedCache) && !service.IsKeyedService))
        {
            throw new InvalidOperationException("AddStreamDistributedCache was called twice; give further caches a key: AddKeyedStreamDistributedCache.");
        }

        AddSettings(builder, name: null, configure);
        services.AddSingleton(provider => Create(provider, name: null));
        services.AddSingleton<IDistributedCache>(provider => provider.GetRequiredService<RedisBufferDistributedCache>());
        services.AddSingleton<IBufferDistributedCache>(provider => provider.GetRequiredService<RedisBufferDistributedCache>());
        return builder;
    }

    /// <summary>
    /// As <see cref="AddStreamDistributedCache"/>, under a key, e.g. <c>[FromKeyedServices("drafts")] IDistributedCache cache</c>: with entries
    /// that no other cache sees.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="key">
    /// The key, which is a part of the keys in Redis: 1 to 100 letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, and not the name of a setting.
    /// </param>
    /// <param name="configure">Settings; they win over the configuration section <c>Caching:Distributed:{key}</c>.</param>
    /// <exception cref="ArgumentException">The key cannot be used.</exception>
    /// <exception cref="InvalidOperationException">A cache is registered under this key already.</exception>
    public static IHostApplicationBuilder AddKeyedStreamDistributedCache(
        this IHostApplicationBuilder builder, string key, Action<DistributedCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!DistributedCacheOptionsValidator.IsName(key))
        {
            throw new ArgumentException($"The key is '{key}'. It must have 1 to 100 letters, digits, '.', '_' or '-', e.g. \"drafts\".", nameof(key));
        }

        // Its section would be a setting of the cache without a key.
        if (typeof(DistributedCacheOptions).GetProperties().Any(setting => setting.Name.Equals(key, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"The key '{key}' is the name of a setting of {DistributedCacheOptions.SectionName}.", nameof(key));
        }

        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(RedisBufferDistributedCache) && Equals(service.ServiceKey, key)))
        {
            throw new InvalidOperationException($"AddKeyedStreamDistributedCache was called twice for '{key}'.");
        }

        AddSettings(builder, key, configure);
        services.AddKeyedSingleton(key, (provider, _) => Create(provider, key));
        services.AddKeyedSingleton<IDistributedCache>(key, (provider, _) => provider.GetRequiredKeyedService<RedisBufferDistributedCache>(key));
        services.AddKeyedSingleton<IBufferDistributedCache>(key, (provider, _) => provider.GetRequiredKeyedService<RedisBufferDistributedCache>(key));
        return builder;
    }

    private static void AddSettings(IHostApplicationBuilder builder, string? name, Action<DistributedCacheOptions>? configure)
    {
        var application = builder.Environment.ApplicationName;
        var section = name is null ? DistributedCacheOptions.SectionName : $"{DistributedCacheOptions.SectionName}:{name}";
        builder.Services.AddOptions<DistributedCacheOptions>(name ?? Options.DefaultName)
            .Configure(options => options.Service = application)
            .Bind(builder.Configuration.GetSection(section))
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DistributedCacheOptions>, DistributedCacheOptionsValidator>());
        builder.Services.TryAddSingleton(TimeProvider.System);
    }

    private static RedisBufferDistributedCache Create(IServiceProvider provider, string? name) => new(
        provider.GetRequiredService<IConnectionMultiplexer>(),
        name,
        provider.GetRequiredService<IOptionsMonitor<DistributedCacheOptions>>().Get(name ?? Options.DefaultName),
        provider.GetRequiredService<TimeProvider>());
}
