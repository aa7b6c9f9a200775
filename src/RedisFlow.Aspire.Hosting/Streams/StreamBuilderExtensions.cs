using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Aspire.Hosting;
using RedisFlow.Streams;

namespace Aspire.Hosting;

/// <summary>Adds streams to the application's resources.</summary>
public static class StreamBuilderExtensions
{
    /// <summary>
    /// Adds a stream below its Redis server. The dashboard shows its lengths and lags as properties, its health check
    /// <c>{name}-lag</c>, and the commands that redrive dead letters and trim. Declare what consumes it with
    /// <see cref="StreamConsumerBuilderExtensions.WithStreamConsumer"/>.
    /// </summary>
    /// <remarks>
    /// The properties are read each <c>StreamView:RefreshInterval</c> (2 s; 100 ms to 1 minute). The thresholds of the
    /// health check are <c>Streams:LagCheck</c>. When the application is published, the resource is not part of it.
    /// </remarks>
    /// <param name="builder">The Redis server that holds the stream.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="streamName">
    /// The stream's name, as the services give it to <c>AddRedisStreams</c>, unless the setting <c>Streams:Name</c> has
    /// another one. The default is the key, or the resource's name where there is no key.
    /// </param>
    /// <param name="key">
    /// The stream's key, as the services give it to <c>AddStream</c>; its settings are in the section
    /// <c>Streams:Additional:{key}</c>. The default is an empty one: the services' default stream.
    /// </param>
    /// <returns>The stream.</returns>
    /// <exception cref="ArgumentException">The key has a colon, which separates a setting's parts.</exception>
    /// <exception cref="DistributedApplicationException">A setting is out of range.</exception>
    public static IResourceBuilder<StreamResource> AddStream(
        this IResourceBuilder<IResourceWithConnectionString> builder,
        [ResourceName] string name,
        string? streamName = null,
        string key = ""
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(key);
        if (key.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The stream key '{key}' has a colon, which separates a setting's parts; choose e.g. 'orders'.",
                nameof(key)
            );
        }

        var application = builder.ApplicationBuilder;
        var stream = new StreamResource(name, streamName ?? (key.Length > 0 ? key : name), key, builder.Resource);

        // What is published has no dashboard of resources, and no AppHost that would look after the stream.
        if (!application.ExecutionContext.IsRunMode)
        {
            return application.CreateResourceBuilder(stream);
        }

        AddServices(application, stream);
        application.OnBeforeStart(
            (_, _) =>
            {
                RequireGroups(stream, application.Configuration);
                return Task.CompletedTask;
            }
        );

        // A relation and not IResourceWithParent: the orchestrator would copy a container's state over what the view
        // has found out.
        return application
            .AddResource(stream)
            .WithParentRelationship(builder)
            .WithIconName("ArrowFlowUpRight")
            .WithInitialState(
                new CustomResourceSnapshot
                {
                    ResourceType = "Stream",
                    State = KnownResourceStates.Starting,
                    Properties = [],
                }
            )
            .WithHealthCheck(StreamLagResourceCheck.NameOf(stream))
            .ExcludeFromManifest()
            .OnInitializeResource(
                static (stream, start, _) =>
                    start
                        .Services.GetRequiredKeyedService<StreamView>(stream.Name)
                        .RunAsync(start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping)
            )
            .WithStreamCommands();
    }

    private static void AddServices(IDistributedApplicationBuilder application, StreamResource stream)
    {
        var interval = new SettingReader(application.Configuration, "StreamView").Span(
            "RefreshInterval",
            TimeSpan.FromSeconds(2),
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(1)
        );
        application.Services.AddKeyedSingleton(
            stream.Name,
            (services, _) =>
                new StreamAccess(
                    stream,
                    services.GetRequiredService<IConfiguration>(),
                    services.GetRequiredService<ILoggerFactory>()
                )
        );
        application.Services.AddKeyedSingleton(
            stream.Name,
            (services, _) =>
                new StreamView(
                    stream,
                    services.GetRequiredKeyedService<StreamAccess>(stream.Name),
                    services.GetRequiredService<ResourceNotificationService>(),
                    interval,
                    services.GetRequiredService<ILogger<StreamView>>()
                )
        );

        // Read by the engine behind StreamAccess, checked here: a bad threshold stops the start.
        application.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<StreamLagOptions>, StreamLagOptionsValidator>()
        );
        application
            .Services.AddOptions<StreamLagOptions>(stream.Key)
            .BindConfiguration($"{stream.ConfigurationSection}:LagCheck")
            .ValidateOnStart();
        application
            .Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    StreamLagResourceCheck.NameOf(stream),
                    services => new StreamLagResourceCheck(services.GetRequiredKeyedService<StreamAccess>(stream.Name)),
                    HealthStatus.Unhealthy,
                    tags: null
                )
            );
    }

    // The engine behind StreamAccess would refuse it, too, but only when Redis answers, and in words for a service.
    private static void RequireGroups(StreamResource stream, IConfiguration configuration)
    {
        if (stream.Consumers.Count == 0 && !StreamAccess.NamesGroups(stream, configuration))
        {
            var setting = $"{stream.ConfigurationSection}:Groups";
            throw new DistributedApplicationException(
                $"The stream resource '{stream.Name}' has no consumer group. Declare the services that consume it with "
                    + $"{nameof(StreamConsumerBuilderExtensions.WithStreamConsumer)}, or set {setting}. "
                    + $"Example: --{setting}:0=reporting"
            );
        }
    }
}
