using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Aspire.Hosting;

/// <summary>Redis as a local process, for machines without a container runtime.</summary>
internal static class RedisProcess
{
    public static IResourceBuilder<IResourceWithConnectionString> AddRedisProcess(
        this IDistributedApplicationBuilder builder,
        ServerOptions options,
        IResourceBuilder<ParameterResource> password
    )
    {
        Directory.CreateDirectory(options.DataDirectory);
        var port = options.Port ?? FreePort.Find();
        var resource = new RedisServerResource(
            options.Name,
            builder.Configuration[$"{options.Section}:ServerPath"] is { Length: > 0 } path ? path : "redis-server",
            options.DataDirectory,
            port,
            password.Resource
        );

        // The check of AddRedis.
        string? connection = null;
        var check = $"{resource.Name}_check";
        builder
            .Services.AddHealthChecks()
            .AddRedis(
                _ =>
                    connection ?? throw new InvalidOperationException($"{resource.Name} has no connection string yet."),
                check
            );

        // No proxy in between: a stopped server refuses connections at once, as it would in production, instead of
        // letting clients wait.
        return builder
            .AddResource(resource)
            .WithEndpoint(
                port: port,
                targetPort: port,
                scheme: "redis",
                name: RedisServerResource.EndpointName,
                isProxied: false
            )
            .WithArgs(resource.ConfigurationFile)
            .WithIconName("Database")
            .WithHealthCheck(check)
            .WithDataLock(DataLock.OfDirectory(options))
            .OnConnectionStringAvailable(
                async (server, _, ct) =>
                    connection = await ((IResourceWithConnectionString)server).GetConnectionStringAsync(ct)
            )
            .OnBeforeResourceStarted(static (server, _, ct) => RedisConfigurationFile.WriteAsync(server, ct))
            .ExcludeFromManifest();
    }
}
