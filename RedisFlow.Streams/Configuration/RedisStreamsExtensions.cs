using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams.Configuration;

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
    /// <exception cref="InvalidOperationException">The streams were added with another connection before.</exception>
    public static RedisStreamsBuilder AddRedisStreams(this IHostApplicationBuilder builder, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionName);
        var services = builder.Services;
        if (services.FirstOrDefault(service => service.ServiceType == typeof(StreamConnection))?.ImplementationInstance is StreamConnection added)
        {
            return added.Name == connectionName
                ? new RedisStreamsBuilder(services, StreamContext.DefaultKey)
                : throw new InvalidOperationException(
                    $"The streams use the connection '{added.Name}' already; they cannot use '{connectionName}' too.");
        }

        services.AddSingleton(new StreamConnection(connectionName, builder.Configuration));
        StreamServices.AddShared(services);
        StreamServices.Add(services, StreamContext.DefaultKey);
        return new RedisStreamsBuilder(services, StreamContext.DefaultKey);
    }
}
