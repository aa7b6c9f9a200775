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
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionName);
        ArgumentNullException.ThrowIfNull(stream);
        var services = builder.Services;
        if (
            services.FirstOrDefault(service => service.ServiceType == typeof(StreamConnection))?.ImplementationInstance
            is StreamConnection added
        )
        {
            if (added.Name != connectionName)
            {
                throw new InvalidOperationException(
                    $"The streams use the connection '{added.Name}' already; they cannot use '{connectionName}' too."
                );
            }

            services
                .Select(service => service.ImplementationInstance)
                .OfType<StreamDefaults>()
                .Single()
                .Add(stream, groups);
            return new RedisStreamsBuilder(services, StreamContext.DefaultKey);
        }

        var defaults = new StreamDefaults();
        defaults.Add(stream, groups);
        services.AddSingleton(defaults);
        services.AddSingleton(new StreamConnection(connectionName, builder.Configuration));
        StreamServices.AddShared(services);
        StreamServices.Add(services, StreamContext.DefaultKey);
        return new RedisStreamsBuilder(services, StreamContext.DefaultKey);
    }
}
