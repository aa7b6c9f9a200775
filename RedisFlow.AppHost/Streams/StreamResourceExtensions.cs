using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Domain;
using RedisFlow.Streams;

namespace RedisFlow.AppHost;

/// <summary>Adds the stream to the application's resources.</summary>
internal static class StreamResourceExtensions
{
    /// <summary>
    /// Adds the resource <c>stream</c> under Redis: its state as properties, read each <c>StreamView:RefreshInterval</c> (2 s; 100 ms to 1 minute), its
    /// health check <c>stream-lag</c> with the thresholds <c>Streams:LagCheck</c>, and commands on it and on its consumers, whose resources have
    /// their groups' names.
    /// </summary>
    public static IDistributedApplicationBuilder AddStream(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<IResourceWithConnectionString> redis,
        params IReadOnlyList<IResourceBuilder<ProjectResource>> consumers)
    {
        // What is published has no dashboard of resources, and no AppHost that would look after the stream.
        if (!builder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        var interval = new Settings(builder.Configuration, "StreamView")
            .Span("RefreshInterval", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        var resource = new StreamResource(ResourceNames.Stream);
        builder.Services.AddSingleton(services => new StreamAccess(
            redis.Resource, services.GetRequiredService<IConfiguration>(), services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(services => new StreamView(
            resource,
            [.. consumers.Select(consumer => consumer.Resource)],
            services.GetRequiredService<StreamAccess>(),
            services.GetRequiredService<ResourceNotificationService>(),
            interval,
            services.GetRequiredService<ILogger<StreamView>>()));

        // Read by the engine behind StreamAccess, checked here: a bad threshold stops the start.
        builder.Services.AddSingleton<IValidateOptions<StreamLagOptions>, StreamLagOptionsValidator>();
        builder.Services.AddOptions<StreamLagOptions>().BindConfiguration($"{StreamOptions.Section}:LagCheck").ValidateOnStart();
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            StreamLagResourceCheck.Name,
            services => new StreamLagResourceCheck(services.GetRequiredService<StreamAccess>()),
            HealthStatus.Unhealthy,
            tags: null));

        // A relation and not IResourceWithParent: the orchestrator would copy a container's state over what the view has found out.
        var stream = builder.AddResource(resource)
            .WithParentRelationship(redis)
            .WithIconName("ArrowFlowUpRight")
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Stream", State = KnownResourceStates.Starting, Properties = [] })
            .WithHealthCheck(StreamLagResourceCheck.Name)
            .ExcludeFromManifest()
            .OnInitializeResource(static (_, start, _) => start.Services.GetRequiredService<StreamView>()
                .RunAsync(start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));

        var options = OperatorOptions.Read(builder.Configuration);
        stream.WithStreamCommands();
        foreach (var consumer in consumers)
        {
            consumer.WithConsumerCommands(options).WithCrashCommand();
        }

        return builder;
    }
}
