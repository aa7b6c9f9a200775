using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams.Registration;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams;

/// <summary>Adds the stream engine to an application.</summary>
public static class RedisStreamsExtensions
{
    /// <summary>
    /// Adds <see cref="IStreamPublisher"/>, <see cref="IDurableStreamPublisher"/> and <see cref="IStreamMonitor"/>, and
    /// declares the groups at start. Settings come from the section
    /// <see cref="StreamOptions.Section"/>. The application registers the shared <c>IConnectionMultiplexer</c>;
    /// blocking loops open connections of their own. May be called several times: each call adds its groups.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of Redis's connection string, e.g. <c>redis</c>.</param>
    /// <param name="stream">The stream's name, e.g. <c>orders</c>, unless the setting <c>Streams:Name</c> has another
    /// one.</param>
    /// <param name="groups">
    /// The groups that must receive every message, e.g. <c>billing</c>, unless the setting <c>Streams:Groups</c> names
    /// them. The application's own consumers are added.
    /// </param>
    /// <exception cref="InvalidOperationException">The streams were added with another connection, or another default
    /// stream, before.</exception>
    public static RedisStreamsBuilder AddRedisStreams(
        this IHostApplicationBuilder builder,
        string connectionName,
        string stream = "",
        params IEnumerable<string> groups
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        Shared(builder, connectionName).Add(stream, groups);
        StreamServices.Add(builder.Services, StreamContext.DefaultKey);
        return new RedisStreamsBuilder(builder.Services, StreamContext.DefaultKey);
    }

    /// <summary>
    /// Adds a stream as <see cref="RedisStreamsBuilder.AddStream"/> does, also to an application without a default
    /// stream: <see cref="IStreamPublisher"/> and the others exist under <paramref name="key"/> only. What needs the
    /// default stream, as caches and the operators' endpoints do, needs <see cref="AddRedisStreams"/> too.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of Redis's connection string, e.g. <c>redis</c>.</param>
    /// <param name="key">The stream's key within the application, and its name unless the settings say otherwise, e.g.
    /// <c>orders</c>.</param>
    /// <exception cref="ArgumentException">The key is empty, or cannot be part of a setting's name because it has a
    /// colon.</exception>
    /// <exception cref="InvalidOperationException">The streams were added with another connection before.</exception>
    public static RedisStreamsBuilder AddKeyedRedisStream(
        this IHostApplicationBuilder builder,
        string connectionName,
        string key
    )
    {
        Shared(builder, connectionName);
        return new RedisStreamsBuilder(builder.Services, StreamContext.DefaultKey).AddStream(key);
    }

    /// <summary>Adds what all streams of the application share, unless that was done before.</summary>
    private static StreamDefaults Shared(IHostApplicationBuilder builder, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionName);
        var services = builder.Services;
        var instances = services
            .Where(service => !service.IsKeyedService)
            .Select(service => service.ImplementationInstance);
        if (instances.OfType<StreamConnection>().SingleOrDefault() is { } added)
        {
            return added.Name == connectionName
                ? instances.OfType<StreamDefaults>().Single()
                : throw new InvalidOperationException(
                    $"The streams use the connection '{added.Name}' already; they cannot use '{connectionName}' too."
                );
        }

        var defaults = new StreamDefaults();
        services.AddSingleton(defaults);
        services.AddSingleton(new StreamConnection(connectionName, builder.Configuration));
        StreamServices.AddShared(services);
        return defaults;
    }
}
