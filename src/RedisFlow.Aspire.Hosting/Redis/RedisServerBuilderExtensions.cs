using RedisFlow.Aspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds a Redis server in the mode that the configuration asks for.</summary>
public static class RedisServerBuilderExtensions
{
    private static readonly ServerKind Redis = new("Redis", 6379, "redis.example.com:6380,password=secret,ssl=true");

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
    /// password is the parameter <c>{name}-password</c>, generated once. When the application is published, it is a
    /// container, unless its mode is external.
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
        var options = ServerOptions.Read(builder, Redis, name, configurationSection);
        return options.Mode switch
        {
            ServerMode.Container => builder.AddRedisContainer(options, AddPassword()),
            ServerMode.Process => builder.AddRedisProcess(options, AddPassword()),
            _ => builder.AddExternalServer(options),
        };

        IResourceBuilder<ParameterResource> AddPassword() => builder.AddServerPassword(name, RedisPassword.FindFault);
    }
}
