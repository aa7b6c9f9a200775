using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams.Registration;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams;

/// <summary>Adds the stream engine to an application.</summary>
public static class RedisStreamsExtensions
{
    /// <summary>
    /// Adds <see cref="IStreamPublisher"/>, <see cref="IDurableStreamPublisher"/> and <see cref="IStreamMonitor"/>, and declares the groups at start. Settings come from the section
    /// <see cref="StreamOptions.Section"/>. The application registers the shared <c>IConnectionMultiplexer</c>; blocking loops open
    /// connections of their own. May be called several times.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of Redis's connection string, e.g. <c>redis</c>.</param>
    /// <param name="stream">The stream's name, e.g. <c>orders</c>, unless the setting <c>Streams:Name</c> has another one.</param>
    /// <param name="groups">
    /// The groups that must receive every message, e.g. <c>billing</c>, unless the setting <c>Streams:Groups</c> names them. The application's own consumers are added.
    /// </param>
    /// <exception cref="InvalidOperationException">The streams were added with another connection, or another default stream, before.</exception>
    public static RedisStreamsBuilder AddRedisStreams(
        this IHostApplicationBuilder builder, string connectionName, string stream = "", params IEnumerable<string> groups)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionName);
        ArgumentNullException.ThrowIfNull(stream);
        var services = builder.Services;
        if (services.FirstOrDefault(service => service.ServiceType == typeof(StreamConnection))?.ImplementationInstance is StreamConnection added)
        {
            var defaults = services.Select(service => service.ImplementationInstance).OfType<StreamDefaults>().Single();
            return added.Name != connectionName
                ? throw new InvalidOperationException(
                    $"The streams use the connection '{added.Name}' already; they cannot use '{connectionName}' too.")
                : stream.Length > 0 && stream != defaults.Name
                    ? throw new InvalidOperationException(
                        $"The default stream is '{defaults.Name}' already; add '{stream}' with {nameof(RedisStreamsBuilder.AddStream)}(\"{stream}\").")
                    : new RedisStreamsBuilder(services, StreamContext.DefaultKey);
        }

        services.AddSingleton(new StreamDefaults(stream, [.. groups]));
        services.AddSingleton(new StreamConnection(connectionName, builder.Configuration));
        StreamServices.AddShared(services);
        StreamServices.Add(services, StreamContext.DefaultKey);
        return new RedisStreamsBuilder(services, StreamContext.DefaultKey);
    }
}
