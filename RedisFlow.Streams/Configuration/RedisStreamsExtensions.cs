using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Domain;
using RedisFlow.Streams.Configuration;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Monitoring;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams;

/// <summary>Adds the stream engine to an application.</summary>
public static class RedisStreamsExtensions
{
    /// <summary>
    /// Adds <see cref="IStreamPublisher"/> and <see cref="IStreamMonitor"/>, and declares the groups at start. Settings come from the section
    /// <see cref="StreamOptions.Section"/>. The application registers the shared <c>IConnectionMultiplexer</c>; blocking loops open
    /// connections of their own. May be called several times.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of Redis's connection string, e.g. <c>redis</c>.</param>
    /// <exception cref="InvalidOperationException">The streams were added with another connection before.</exception>
    public static RedisStreamsBuilder AddRedisStreams(this IHostApplicationBuilder builder, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionName);
        var services = builder.Services;
        if (services.FirstOrDefault(service => service.ServiceType == typeof(StreamConnection))?.ImplementationInstance is StreamConnection added)
        {
            return added.Name == connectionName
                ? new RedisStreamsBuilder(services)
                : throw new InvalidOperationException(
                    $"The streams use the connection '{added.Name}' already; they cannot use '{connectionName}' too.");
        }

        services.AddSingleton(new StreamConnection(connectionName, builder.Configuration));
        services.AddSingleton<IPostConfigureOptions<StreamOptions>, StreamOptionsSetup>();
        services.AddSingleton<IValidateOptions<StreamOptions>, StreamOptionsValidator>();
        services.AddOptions<StreamOptions>().BindConfiguration(StreamOptions.Section).ValidateOnStart();

        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(MessageTypes.Registry);
        services.AddSingleton<SharedRedis>();
        services.AddSingleton<FeatureProbe>();
        services.AddSingleton<StreamMetrics>();
        services.AddSingleton<EnvelopeFactory>();
        services.AddSingleton<GroupDeclaration>();
        services.AddSingleton<IStreamPublisher, StreamPublisher>();
        services.AddSingleton<IStreamMonitor, StreamMonitor>();
        services.AddHostedService<FeatureReport>();
        services.AddHostedService<GroupDeclarationService>();
        services.AddHostedService<StreamGauges>();
        return new RedisStreamsBuilder(services);
    }
}
