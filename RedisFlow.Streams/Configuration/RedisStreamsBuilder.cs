using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams.Consuming;
using RedisFlow.Streams.Tailing;

namespace RedisFlow.Streams;

/// <summary>Adds consumers and the tail.</summary>
public sealed class RedisStreamsBuilder
{
    private readonly IServiceCollection _services;

    internal RedisStreamsBuilder(IServiceCollection services) => _services = services;

    /// <summary>Consumes the stream as a member of a group. Called again with the same group, it extends the same consumer.</summary>
    /// <param name="group">The group, e.g. <c>GroupNames.Reporting</c>.</param>
    public StreamConsumerBuilder AddStreamConsumer(string group)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        var registration = _services
            .Select(service => service.ImplementationInstance)
            .OfType<ConsumerRegistration>()
            .FirstOrDefault(added => added.Group == group);
        if (registration is null)
        {
            registration = new ConsumerRegistration(group);
            _services.AddSingleton(registration);
            _services.AddSingleton<IHostedService>(
                services => ActivatorUtilities.CreateInstance<StreamConsumerService>(services, registration));
        }

        return new StreamConsumerBuilder(_services, registration);
    }

    /// <summary>
    /// Follows the stream without a group: <see cref="IStreamTail"/>, and calls to every registered <see cref="IStreamTailObserver"/>. May be
    /// called several times. It begins while the host starts, before requests are served.
    /// </summary>
    /// <param name="group">
    /// This application's own group, whose progress heartbeats report; by default the one that the application consumes, if it is one.
    /// </param>
    public RedisStreamsBuilder AddStreamTail(string? group = null)
    {
        if (group is not null)
        {
            _services.RemoveAll<TailRegistration>();
        }

        _services.TryAddSingleton(new TailRegistration(group));
        _services.TryAddSingleton<TailProgress>();
        _services.TryAddSingleton<IStreamTail>(services => services.GetRequiredService<TailProgress>());
        _services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StreamTailService>());
        return this;
    }
}

/// <summary>Adds the handlers of one consumer group.</summary>
public sealed class StreamConsumerBuilder
{
    private readonly IServiceCollection _services;
    private readonly ConsumerRegistration _registration;

    internal StreamConsumerBuilder(IServiceCollection services, ConsumerRegistration registration)
    {
        _services = services;
        _registration = registration;
    }

    /// <summary>Handles messages with one type of payload. Several handlers of a type run in the order of their registration.</summary>
    /// <typeparam name="TPayload">The payload's protobuf type.</typeparam>
    /// <typeparam name="THandler">The handler; registered as scoped unless the application did otherwise.</typeparam>
    public StreamConsumerBuilder Handle<TPayload, THandler>()
        where TPayload : class, IMessage<TPayload>
        where THandler : class, IStreamHandler<TPayload>
    {
        _services.TryAddScoped<THandler>();
        _registration.Add<TPayload, THandler>();
        return this;
    }

    /// <summary>Handles every message, before the handlers of its type.</summary>
    /// <typeparam name="THandler">The handler; registered as scoped unless the application did otherwise.</typeparam>
    public StreamConsumerBuilder HandleAll<THandler>()
        where THandler : class, IStreamMessageHandler
    {
        _services.TryAddScoped<THandler>();
        _registration.AddForAll<THandler>();
        return this;
    }
}
