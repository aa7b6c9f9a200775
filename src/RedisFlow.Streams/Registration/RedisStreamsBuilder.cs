using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Registration;

namespace RedisFlow.Streams;

/// <summary>Adds consumers and the tail of one stream, and further streams.</summary>
public sealed class RedisStreamsBuilder
{
    private readonly string _key;

    internal RedisStreamsBuilder(IServiceCollection services, string key)
    {
        Services = services;
        _key = key;
    }

    /// <summary>Gets the services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Gets the stream's key within the application; empty for the default stream.</summary>
    public string Key => _key;

    /// <summary>
    /// Adds another stream to the application, with consumers, a tail and settings of its own (section
    /// <c>Streams:Additional:{key}</c>). Its
    /// <see cref="IStreamPublisher"/>, <see cref="IDurableStreamPublisher"/>, <see cref="IStreamMonitor"/> and
    /// <see cref="IStreamTail"/> are keyed services under <paramref name="key"/>. May be called several times.
    /// </summary>
    /// <param name="key">The stream's key within the application, and its name unless the settings say otherwise, e.g.
    /// <c>orders</c>.</param>
    /// <exception cref="ArgumentException">The key is empty, or cannot be part of a setting's name because it has a
    /// colon.</exception>
    public RedisStreamsBuilder AddStream(string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (key.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The stream key '{key}' has a colon, which separates the parts of a setting's name; choose e.g. "
                    + "'orders' and set Streams:Additional:orders:Name.",
                nameof(key)
            );
        }

        StreamServices.Add(Services, key);
        return new RedisStreamsBuilder(Services, key);
    }

    /// <summary>
    /// Adds proto files whose messages the application knows; those that its consumers handle are known by themselves.
    /// What is known can be published, and is handled, or acknowledged where no handler takes it; a message of another
    /// type is parked.
    /// </summary>
    /// <param name="files">The files' descriptors, e.g. <c>OrdersReflection.Descriptor</c>.</param>
    public RedisStreamsBuilder AddMessages(params IEnumerable<FileDescriptor> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Services.AddSingleton(new KnownMessages([.. files]));
        return this;
    }

    /// <summary>
    /// Consumes the stream as a member of a group. Called again with the same group, it extends the same consumer.
    /// </summary>
    /// <param name="group">The group, e.g. <c>reporting</c>.</param>
    public StreamConsumerBuilder AddStreamConsumer(string group)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        var registration = Services
            .Where(service => !service.IsKeyedService)
            .Select(service => service.ImplementationInstance)
            .OfType<ConsumerRegistration>()
            .FirstOrDefault(added => added.StreamKey == _key && added.Group == group);
        if (registration is null)
        {
            registration = new ConsumerRegistration(_key, group);
            Services.AddSingleton(registration);
            StreamServices.AddConsumer(Services, registration);
        }

        return new StreamConsumerBuilder(Services, this, registration);
    }

    /// <summary>
    /// Follows the stream without a group: <see cref="IStreamTail"/>, and calls to every registered
    /// <see cref="IStreamTailObserver"/> (of an additional stream: to those registered under its key). May be called
    /// several times. It begins while the host starts, before requests are served.
    /// </summary>
    /// <param name="group">
    /// This application's own group, whose progress heartbeats report; by default the one that the application consumes
    /// the stream with, if it is one.
    /// </param>
    public RedisStreamsBuilder AddStreamTail(string? group = null)
    {
        StreamServices.AddTail(Services, _key, group);
        return this;
    }

    /// <summary>
    /// Adds the health check <c>stream-lag</c> (of an additional stream <c>stream-lag-{key}</c>): degraded, then
    /// unhealthy, when a group makes no progress while messages wait for it. The thresholds are in
    /// <see cref="StreamLagOptions"/>. It costs one round trip each time it is asked. In a service it belongs to what
    /// people are told, not to what decides whether the instance gets requests: others are no nearer to their messages.
    /// </summary>
    /// <param name="group">The only group that counts, e.g. the application's own; <c>null</c>: every group of the
    /// stream.</param>
    /// <param name="tags">The check's tags, by which endpoints choose.</param>
    public RedisStreamsBuilder AddStreamLagCheck(string? group = null, params IEnumerable<string> tags)
    {
        StreamServices.AddLagCheck(Services, _key, group, tags);
        return this;
    }
}
