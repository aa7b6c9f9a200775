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
        var port = options.Port ?? FreePort.Find();
        var resource = new RedisServerResource(ResourceNames.Redis, options.ServerPath, options.DataDirectory, port, password.Resource);

        // No proxy in between: a stopped server refuses connections at once, as it would in production, instead of letting clients wait.
        return builder.AddResource(resource)
            .WithEndpoint(port: port, targetPort: port, scheme: "redis", name: RedisServerResource.EndpointName, isProxied: false)
            .WithArgs(resource.ConfigurationFile)
            .WithIconName("Database")
            .WithRedisPingCheck(resource)
            .WithDataLock(RedisDataLock.OfDirectory(resource.DataDirectory))
            .OnBeforeResourceStarted(static (server, _, ct) => RedisConfigurationFile.WriteAsync(server, ct))
            .ExcludeFromManifest();
    }
}
