using RedisFlow.Domain;

namespace RedisFlow.AppHost;

/// <summary>Redis as a local process, for machines without a container runtime.</summary>
internal static class RedisProcess
{
    public static IResourceBuilder<IResourceWithConnectionString> AddRedisProcess(
        this IDistributedApplicationBuilder builder,
        RedisOptions options,
        IResourceBuilder<ParameterResource> password)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var resource = new RedisServerResource(ResourceNames.Redis, options.ServerPath, options.DataDirectory, password.Resource);
        var port = options.Port ?? FreePort.Find();

        // No proxy in between: a stopped server refuses connections at once, as it would in production, instead of letting clients wait.
        return builder.AddResource(resource)
            .WithEndpoint(port: port, targetPort: port, scheme: "redis", name: RedisServerResource.EndpointName, isProxied: false)
            .WithArgs(resource.ConfigurationFile, "--port", $"{port}")
            .WithIconName("Database")
            .WithRedisPingCheck(resource)
            .WithDataDirectoryLock(resource)
            .OnBeforeResourceStarted(static (server, _, ct) => RedisConfigurationFile.WriteAsync(server, ct))
            .ExcludeFromManifest();
    }
}
