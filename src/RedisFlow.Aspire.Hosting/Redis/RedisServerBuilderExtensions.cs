using Microsoft.Extensions.Configuration;
using RedisFlow.Aspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds a Redis server in the mode that the configuration asks for.</summary>
public static class RedisServerBuilderExtensions
{
    /// <summary>
    /// Adds a Redis server with a password, AOF and <c>noeviction</c>: a container where a container engine answers,
    /// else a local <c>redis-server</c> process, or a server that runs elsewhere. Its name, its connection string and
    /// its durability settings are the same in every mode, so the services cannot tell the difference.
    /// </summary>
    /// <remarks>
    /// Settings of the section: <c>Mode</c> (<c>auto</c>, <c>container</c>, <c>process</c> or <c>external</c>, which
    /// takes <c>ConnectionStrings:{name}</c>; default: <c>auto</c>), <c>Port</c> (default: a free one); of a process
    /// <c>ServerPath</c> (default: <c>redis-server</c>) and <c>DataDirectory</c> (default: <c>../artifacts/{name}</c>,
    /// seen from the AppHost); of a container <c>DataVolume</c> (default: <c>{application}-{name}-data</c>). The
    /// password is the parameter <c>{name}-password</c>, generated once. When the application is published, it is
    /// always a container.
    /// </remarks>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name, and the connection string's. The default is <c>redis</c>.</param>
    /// <param name="configurationSection">The section of its settings. The default is <c>Redis</c>.</param>
    /// <returns>The server.</returns>
    /// <exception cref="DistributedApplicationException">A setting cannot be used; the message names it.</exception>
    public static IResourceBuilder<IResourceWithConnectionString> AddRedisServer(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name = "redis",
        string configurationSection = "Redis"
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(configurationSection);
        var options = RedisOptions.Read(builder, name, configurationSection);
        return Resolve(builder, options.Mode) switch
        {
            RedisMode.Container => builder.AddRedisContainer(options, builder.AddRedisPassword(name)),
            RedisMode.Process => builder.AddRedisProcess(options, builder.AddRedisPassword(name)),
            _ => builder.AddExternalRedis(options),
        };
    }

    // What is published is deployed as a container: only a developer's machine may lack a container runtime.
    private static RedisMode Resolve(IDistributedApplicationBuilder builder, RedisMode mode) =>
        mode != RedisMode.Auto ? mode
        : builder.ExecutionContext.IsPublishMode || ContainerRuntime.Answers(builder) ? RedisMode.Container
        : RedisMode.Process;

    private static IResourceBuilder<IResourceWithConnectionString> AddExternalRedis(
        this IDistributedApplicationBuilder builder,
        RedisOptions options
    )
    {
        var name = options.Name;
        if (
            builder.ExecutionContext.IsRunMode
            && string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name))
        )
        {
            throw new DistributedApplicationException(
                $"{options.Section}:Mode is external, but ConnectionStrings:{name} is not set. "
                    + $"Example: --ConnectionStrings:{name}=redis.example.com:6380,password=secret,ssl=true"
            );
        }

        return builder.AddConnectionString(name);
    }
}
