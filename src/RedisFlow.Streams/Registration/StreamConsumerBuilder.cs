using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RedisFlow.Streams.Handlers;

namespace RedisFlow.Streams;

/// <summary>Adds the handlers of one consumer group.</summary>
public sealed class StreamConsumerBuilder
{
    private readonly ConsumerRegistration _registration;

    internal StreamConsumerBuilder(
        IServiceCollection services,
        RedisStreamsBuilder stream,
        ConsumerRegistration registration
    )
    {
        Services = services;
        Stream = stream;
        _registration = registration;
    }

    /// <summary>Gets the services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Gets the stream that is consumed.</summary>
    public RedisStreamsBuilder Stream { get; }

    /// <summary>Gets the group.</summary>
    public string Group => _registration.Group;

    /// <summary>Handles messages with one type of payload. Several handlers of a type run in the order of their
    /// registration.</summary>
    /// <typeparam name="TPayload">The payload's protobuf type.</typeparam>
    /// <typeparam name="THandler">The handler; registered as scoped unless the application did otherwise.</typeparam>
    public StreamConsumerBuilder Handle<
        TPayload,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler
    >()
        where TPayload : class, IMessage<TPayload>, new()
        where THandler : class, IStreamHandler<TPayload>
    {
        Stream.AddMessages(new TPayload().Descriptor.File);
        Services.TryAddScoped<THandler>();
        _registration.Add<TPayload, THandler>();
        return this;
    }

    /// <summary>Handles every message, before the handlers of its type.</summary>
    /// <typeparam name="THandler">The handler; registered as scoped unless the application did otherwise.</typeparam>
    public StreamConsumerBuilder HandleEveryMessage<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler
    >()
        where THandler : class, IStreamMessageHandler
    {
        Services.TryAddScoped<THandler>();
        _registration.AddForAll<THandler>();
        return this;
    }

    /// <summary>
    /// Puts a layer around the handlers of <see cref="Handle{TPayload, THandler}"/>. The first one that is added is the
    /// outermost; adding one again changes nothing.
    /// </summary>
    /// <typeparam name="TMiddleware">The middleware; registered as scoped unless the application did
    /// otherwise.</typeparam>
    public StreamConsumerBuilder Use<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware
    >()
        where TMiddleware : class, IStreamHandlerMiddleware
    {
        Services.TryAddScoped<TMiddleware>();
        _registration.AddMiddleware<TMiddleware>();
        return this;
    }
}
