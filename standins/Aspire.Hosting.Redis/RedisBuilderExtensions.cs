using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>Adds Redis servers that run as containers.</summary>
public static class RedisBuilderExtensions
{
    private const string Registry = "docker.io";
    private const string Image = "library/redis";
    private const string Tag = "8.6";
    private const string DataFolder = "/data";
    private static readonly TimeSpan DefaultSaveInterval = TimeSpan.FromSeconds(60);

    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port) =>
        builder.AddRedis(name, port, password: null);

    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        int? port = null,
        IResourceBuilder<ParameterResource>? password = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);

        // A connection string has no way to quote a comma: no special characters.
        var redis = new RedisResource(
            name, password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false));
        var healthCheck = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new(healthCheck, _ => new RedisHealthCheck(redis), failureStatus: null, tags: null));

        return builder.AddResource(redis)
            .WithEndpoint(port: port, targetPort: 6379, name: RedisResource.PrimaryEndpointName, scheme: "redis")
            .WithImage(Image, Tag)
            .WithImageRegistry(Registry)
            .WithIconName("Database")
            .WithHealthCheck(healthCheck)
            .WithEntrypoint("/bin/sh")
            .WithEnvironment(context =>
            {
                if (redis.PasswordParameter is { } parameter)
                {
                    context.EnvironmentVariables["REDIS_PASSWORD"] = parameter;
                }
            })
            .WithArgs(context => AddArguments(redis, context));
    }

    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataFolder, isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    public static IResourceBuilder<RedisResource> WithDataBindMount(this IResourceBuilder<RedisResource> builder, string source, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WithBindMount(source, DataFolder, isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    public static IResourceBuilder<RedisResource> WithPersistence(
        this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(
            new RedisPersistenceAnnotation(interval ?? DefaultSaveInterval, keysChangedThreshold), ResourceAnnotationMutationBehavior.Replace);
    }

    public static IResourceBuilder<RedisResource> WithPassword(
        this IResourceBuilder<RedisResource> builder, IResourceBuilder<ParameterResource>? password)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.SetPassword(password?.Resource);
        return builder;
    }

    public static IResourceBuilder<RedisResource> WithHostPort(this IResourceBuilder<RedisResource> builder, int? port)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithEndpoint(RedisResource.PrimaryEndpointName, endpoint => endpoint.Port = port);
    }

    /// <summary>All arguments become one command line of a shell, which fills in the password: it is in no process's arguments that way.</summary>
    private static void AddArguments(RedisResource redis, CommandLineArgsCallbackContext context)
    {
        // Where it is run, what comes later is added before the arguments are joined; where it is published, they are joined here.
        IList<object> arguments = context.ExecutionContext.IsRunMode ? context.Args : [];
        arguments.Add("redis-server");
        if (redis.PasswordParameter is not null)
        {
            arguments.Add("--requirepass");
            arguments.Add("$REDIS_PASSWORD");
        }

        if (redis.TryGetLastAnnotation<RedisPersistenceAnnotation>(out var persistence))
        {
            arguments.Add("--save");
            arguments.Add(persistence.Interval.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            arguments.Add(persistence.KeysChangedThreshold.ToString(CultureInfo.InvariantCulture));
        }

        if (context.ExecutionContext.IsPublishMode)
        {
            context.Args.Add("-c");
            context.Args.Add(string.Join(' ', arguments));
        }
    }
}
