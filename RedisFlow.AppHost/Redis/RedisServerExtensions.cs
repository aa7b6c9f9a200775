using Microsoft.Extensions.Configuration;
using RedisFlow.Domain;

namespace RedisFlow.AppHost;

/// <summary>Adds the Redis server in the mode that the configuration asks for.</summary>
internal static class RedisServerExtensions
{
    /// <summary>
    /// Adds the resource <c>redis</c>. Its name, its connection string and its durability settings are the same in every mode, so the
    /// services cannot tell the difference.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddRedisServer(this IDistributedApplicationBuilder builder)
    {
        var options = RedisOptions.Read(builder.Configuration, builder.AppHostDirectory);
        return Resolve(builder, options.Mode) switch
        {
            RedisMode.Container => builder.AddRedisContainer(options, builder.AddRedisPassword()),
            RedisMode.Process => builder.AddRedisProcess(options, builder.AddRedisPassword()),
            _ => builder.AddExternalRedis(),
        };
    }

    // What is published is deployed as a container: only a developer's machine may lack a container runtime.
    private static RedisMode Resolve(IDistributedApplicationBuilder builder, RedisMode mode) =>
        mode != RedisMode.Auto ? mode
        : builder.ExecutionContext.IsPublishMode || ContainerRuntime.Answers(builder) ? RedisMode.Container
        : RedisMode.Process;

    private static IResourceBuilder<IResourceWithConnectionString> AddExternalRedis(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode && string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(ResourceNames.Redis)))
        {
            throw new DistributedApplicationException(
                $"Redis:Mode is external, but ConnectionStrings:{ResourceNames.Redis} is not set. "
                + $"Example: --ConnectionStrings:{ResourceNames.Redis}=redis.example.com:6380,password=secret,ssl=true");
        }

        return builder.AddConnectionString(ResourceNames.Redis);
    }
}
