using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Publishing;
using RedisFlow.Streams.EntityFrameworkCore.Receiving;
using RedisFlow.Streams.EntityFrameworkCore.Relaying;
using RedisFlow.Streams.EntityFrameworkCore.Settings;
using RedisFlow.Streams.EntityFrameworkCore.Tables;
using RedisFlow.Streams.EntityFrameworkCore.Telemetry;

namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>Connects a stream with a database: events leave it by an outbox, and change it once by an inbox.</summary>
public static class StreamDatabaseExtensions
{
    /// <summary>The name of the meter, for the telemetry's configuration.</summary>
    public const string MeterName = "RedisFlow.Streams.EntityFrameworkCore";

    /// <summary>
    /// Adds <see cref="Outbox{TContext}"/>, and the relay that publishes what is left over. The application registers
    /// the context, whose model has <see cref="StreamModelBuilderExtensions.AddOutbox"/>.
    /// </summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="stream">The stream that the events are published to.</param>
    /// <param name="configure">Settings; they win over the configuration section <c>Streams:Outbox</c>.</param>
    /// <exception cref="InvalidOperationException">The context has an outbox already.</exception>
    public static RedisStreamsBuilder AddOutbox<TContext>(
        this RedisStreamsBuilder stream,
        Action<OutboxOptions>? configure = null
    )
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(stream);
        var services = stream.Services;
        if (services.Any(service => service.ServiceType == typeof(OutboxStream<TContext>)))
        {
            throw new InvalidOperationException(
                $"{typeof(TContext).Name} has an outbox already; its events are published to one stream."
            );
        }

        var options = services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<OutboxOptions>, OutboxOptionsValidator>()
        );
        services.TryAddSingleton<DatabaseMetrics>();
        services.AddSingleton(provider => new OutboxStream<TContext>(
            provider.GetRequiredKeyedService<IEnvelopePublisher>(stream.Key)
        ));
        services.AddSingleton<OutboxSql<TContext>>();
        services.AddSingleton<EventWriter<TContext>>();
        services.AddSingleton<ImmediatePublisher<TContext>>();
        services.AddSingleton<RelayStore<TContext>>();
        services.AddSingleton<EventSweep<TContext>>();
        services.AddHostedService<OutboxRelay<TContext>>();
        services.AddScoped(provider => new Outbox<TContext>(
            provider.GetRequiredService<TContext>(),
            provider.GetRequiredService<OutboxStream<TContext>>(),
            provider.GetRequiredService<EventWriter<TContext>>(),
            provider.GetRequiredService<ImmediatePublisher<TContext>>()
        ));
        return stream;
    }

    /// <summary>
    /// Handles each message in one transaction of a context: what the handlers of its type change, the events that they
    /// publish, and the note in the inbox that it was handled. A message that comes again, whatever the reason, has no
    /// effect again. The application registers the context, whose model has <see
    /// cref="StreamModelBuilderExtensions.AddInbox"/>.
    /// </summary>
    /// <remarks>
    /// Handlers get the context of the transaction. They need not save, and must not save events themselves. What a
    /// group has settled counts as handled: a replay changes nothing, also not for dead letters, which a redrive
    /// publishes again.
    /// </remarks>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="consumer">The consumer group.</param>
    /// <param name="configure">Settings; they win over the configuration section <c>Streams:Inbox</c>.</param>
    /// <exception cref="InvalidOperationException">The group handles its messages in a transaction already, or a group
    /// of that name consumes another stream into the context.</exception>
    public static StreamConsumerBuilder InTransaction<TContext>(
        this StreamConsumerBuilder consumer,
        Action<InboxOptions>? configure = null
    )
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(consumer);
        var services = consumer.Services;
        if (
            services
                .Select(service => service.IsKeyedService ? null : service.ImplementationInstance)
                .OfType<InboxGroup>()
                .FirstOrDefault(group =>
                    group.Group == consumer.Group
                    && (group.StreamKey == consumer.Stream.Key || group.Context == typeof(TContext))
                ) is
            { } added
        )
        {
            throw new InvalidOperationException(
                $"A group {consumer.Group} handles its messages in transactions of {added.Context.Name} already. Two "
                    + "transactions around a message could end differently, and a context tells groups by their names."
            );
        }

        var options = services.AddOptions<InboxOptions>().BindConfiguration(InboxOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<InboxOptions>, InboxOptionsValidator>());
        services.AddSingleton(new InboxGroup<TContext>(consumer.Stream.Key, consumer.Group));
        services.TryAddSingleton<DatabaseMetrics>();
        services.TryAddSingleton<InboxGroups<TContext>>();
        services.TryAddSingleton<InboxSql<TContext>>();
        services.TryAddSingleton<Inbox<TContext>>();
        services.AddHostedService<InboxCleaner<TContext>>();
        return consumer.Use<InboxTransaction<TContext>>();
    }
}
