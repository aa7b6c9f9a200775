using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.Administration;
using RedisFlow.Streams.Consuming;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Health;
using RedisFlow.Streams.Maintenance;
using RedisFlow.Streams.Monitoring;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Tailing;
using RedisFlow.Streams.Telemetry;
using RedisFlow.Streams.Trimming;

namespace RedisFlow.Streams.Registration;

/// <summary>
/// The engine's services: those that all streams share, and those of each stream, registered under its key.
/// </summary>
internal static class StreamServices
{
    /// <summary>Adds what all streams of the application share.</summary>
    public static void AddShared(IServiceCollection services)
    {
        services.AddSingleton<IPostConfigureOptions<StreamOptions>, StreamOptionsSetup>();
        services.AddSingleton<IValidateOptions<StreamOptions>, StreamOptionsValidator>();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
            MessageTypes.Of(provider.GetServices<KnownMessages>().SelectMany(known => known.Files).Distinct())
        );
        services.AddSingleton<MasterWatch>();
        services.AddSingleton<SharedRedis>();
        services.AddSingleton<IRedisSender>(provider => provider.GetRequiredService<SharedRedis>());
        services.AddSingleton<FeatureProbe>();
        services.AddSingleton(provider => new ServerTier(
            provider.GetRequiredService<FeatureProbe>().ProbeAsync,
            provider
        ));
        services.AddSingleton<StreamInstruments>();
        services.AddSingleton<MaintenanceInstruments>();
        services.AddHostedService<ThreadReserve>();
        services.AddHostedService<FeatureReport>();
        services.AddHostedService<StreamGauges>();
    }

    /// <summary>Adds a stream, unless it was added before.</summary>
    public static void Add(IServiceCollection services, string key)
    {
        if (
            services.Any(service =>
                service.IsKeyedService && service.ServiceType == typeof(StreamContext) && key.Equals(service.ServiceKey)
            )
        )
        {
            return;
        }

        AddOptions(services, key);
        services.AddKeyedSingleton<StreamContext>(key);

        // Also without its key, so that one can go through all streams.
        services.AddSingleton(provider => provider.GetRequiredKeyedService<StreamContext>(key));
        services.AddKeyedSingleton<StreamMetrics>(key);
        services.AddKeyedSingleton<EnvelopeFactory>(key);
        services.AddKeyedSingleton<GroupDeclaration>(key);
        services.AddKeyedSingleton<PlainPublisher>(key);
        services.AddKeyedSingleton<IdempotentPublisher>(key);
        services.AddKeyedSingleton<BatchPublisher>(key);
        services.AddKeyedSingleton<DelayedMessages>(key);
        AddPublic<IStreamPublisher, StreamPublisher>(services, key);
        AddPublic<IDurableStreamPublisher, DurablePublisher>(services, key);
        AddPublic<IEnvelopePublisher, EnvelopePublisher>(services, key);
        AddPublic<IStreamMonitor, StreamMonitor>(services, key);
        AddAdministration(services, key);
        AddHosted<GroupDeclarationService>(services, key);
        AddHosted<DelayedMover>(services, key);
        AddHosted<StreamMaintenanceService>(services, key);
    }

    /// <summary>Adds the worker of a consumer group.</summary>
    public static void AddConsumer(IServiceCollection services, ConsumerRegistration registration) =>
        services.AddSingleton<IHostedService>(provider =>
            ActivatorUtilities.CreateInstance<StreamConsumerService>(
                provider,
                registration,
                provider.GetRequiredKeyedService<StreamContext>(registration.StreamKey),
                provider.GetRequiredKeyedService<GroupDeclaration>(registration.StreamKey),
                provider.GetRequiredKeyedService<StreamMetrics>(registration.StreamKey)
            )
        );

    /// <summary>
    /// Adds a stream's tail, unless it was added before; a group that is named now holds in any case.
    /// </summary>
    public static void AddTail(IServiceCollection services, string key, string? group)
    {
        if (group is not null)
        {
            services.RemoveAllKeyed<TailRegistration>(key);
        }

        var isNew = !services.Any(service =>
            service.IsKeyedService && service.ServiceType == typeof(TailProgress) && key.Equals(service.ServiceKey)
        );
        services.TryAddKeyedSingleton(key, new TailRegistration(group));
        if (isNew)
        {
            services.AddKeyedSingleton<TailProgress>(key);
            services.AddKeyedSingleton<IStreamTail>(
                key,
                (provider, _) => provider.GetRequiredKeyedService<TailProgress>(key)
            );
            AddDefault<IStreamTail>(services, key);
            services.AddKeyedSingleton<TailSubscribers>(key);
            services.AddKeyedSingleton<TailService, StreamTailService>(key);
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<TailService>(key));
        }
    }

    /// <summary>Adds the health check that looks for groups without progress.</summary>
    public static void AddLagCheck(IServiceCollection services, string key, string? group, IEnumerable<string> tags)
    {
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<StreamLagOptions>, StreamLagOptionsValidator>()
        );
        services.AddOptions<StreamLagOptions>(key).BindConfiguration(StreamLagOptions.SectionOf(key)).ValidateOnStart();

        // One for all calls of the check, which is recreated for each.
        services.TryAddKeyedSingleton(
            key,
            (provider, _) => new GroupProgress(provider.GetRequiredService<TimeProvider>())
        );
        services
            .AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    key == StreamContext.DefaultKey ? StreamLagCheck.Name : $"{StreamLagCheck.Name}-{key}",
                    provider => new StreamLagCheck(
                        provider.GetRequiredKeyedService<IStreamMonitor>(key),
                        provider.GetRequiredService<IOptionsMonitor<StreamLagOptions>>().Get(key),
                        provider.GetRequiredKeyedService<GroupProgress>(key),
                        group
                    ),
                    HealthStatus.Unhealthy,
                    tags
                )
            );
    }

    private static void AddAdministration(IServiceCollection services, string key)
    {
        services.AddKeyedSingleton<UnknownGroups>(key);
        services.AddKeyedSingleton<StreamTrimmer>(key);
        services.AddKeyedSingleton<MessageReader>(key);
        services.AddKeyedSingleton<PendingReader>(key);
        services.AddKeyedSingleton<DeadLetterReader>(key);
        services.AddKeyedSingleton<Redriver>(key);
        services.AddKeyedSingleton<GroupReplay>(key);
        services.AddKeyedSingleton<GroupPauses>(key);
        services.AddKeyedSingleton<ConsumerMaintenance>(key);
        services.AddKeyedSingleton<BacklogDropper>(key);
        services.AddKeyedSingleton<GroupRetirement>(key);
        AddPublic<IStreamAdministration, StreamAdministration>(services, key);
    }

    private static void AddOptions(IServiceCollection services, string key)
    {
        var options = services.AddOptions<StreamOptions>(key);
        if (key == StreamContext.DefaultKey)
        {
            options.BindConfiguration(StreamOptions.Section);
        }
        else
        {
            options.Configure<IConfiguration>(
                (additional, configuration) => BindAdditional(additional, key, configuration)
            );
        }

        options.ValidateOnStart();
    }

    // All but the default stream's name and groups holds for it too.
    private static void BindAdditional(StreamOptions options, string key, IConfiguration configuration)
    {
        string[] own = [.. options.Groups];
        configuration.GetSection(StreamOptions.Section).Bind(options);
        options.Name = key;
        options.Groups.Clear();
        foreach (var group in own)
        {
            options.Groups.Add(group);
        }

        configuration.GetSection(StreamOptions.SectionOf(key)).Bind(options);
    }

    /// <summary>
    /// A service that applications use: under the stream's key, and, of the default stream, without a key too.
    /// </summary>
    private static void AddPublic<
        TService,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation
    >(IServiceCollection services, string key)
        where TService : class
        where TImplementation : class, TService
    {
        services.AddKeyedSingleton<TService, TImplementation>(key);
        AddDefault<TService>(services, key);
    }

    private static void AddDefault<TService>(IServiceCollection services, string key)
        where TService : class
    {
        if (key == StreamContext.DefaultKey)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<TService>(key));
        }
    }

    private static void AddHosted<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        IServiceCollection services,
        string key
    )
        where T : class, IHostedService
    {
        services.AddKeyedSingleton<T>(key);
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<T>(key));
    }
}
