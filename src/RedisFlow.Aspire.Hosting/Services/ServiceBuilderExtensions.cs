namespace Aspire.Hosting;

/// <summary>Gives services what the RedisFlow libraries read from their configuration.</summary>
public static class ServiceBuilderExtensions
{
    /// <summary>
    /// Gives the service Redis's connection string, and lets it start only when Redis answers, unless the server runs
    /// elsewhere: the services cope with a Redis that comes late.
    /// </summary>
    /// <typeparam name="T">The service's type.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="redis">The Redis server.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<T> WithRedis<T>(
        this IResourceBuilder<T> service,
        IResourceBuilder<IResourceWithConnectionString> redis
    )
        where T : IResourceWithEnvironment, IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(redis);
        service.WithReference(redis);
        return redis.Resource is IResourceWithWaitSupport ? service.WaitFor(redis) : service;
    }

    /// <summary>
    /// Adds the key that the services' endpoints for operators ask for in <c>X-Admin-Key</c>. It is generated once, and
    /// kept in the user secrets.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The parameter's name; <c>Parameters:{name}</c> sets another key.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddAdminKey(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name = "admin-key"
    ) =>
        builder.AddParameter(
            name,
            new GenerateParameterDefault { MinLength = 32, Special = false },
            secret: true,
            persist: true
        );

    /// <summary>Gives the service the key that its endpoints for operators ask for, as <c>Admin:Key</c>.</summary>
    /// <typeparam name="T">The service's type.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="key">The key.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<T> WithAdminKey<T>(
        this IResourceBuilder<T> service,
        IResourceBuilder<ParameterResource> key
    )
        where T : IResourceWithEnvironment => service.WithEnvironment("Admin__Key", key);

    /// <summary>
    /// Names the service's one instance after the service (<c>Instance:Id</c>). A stable consumer name lets a restarted
    /// worker replay its own pending messages at once, instead of waiting until their lease has run out. Replicas
    /// cannot share a name: they keep the <c>service.instance.id</c> that the orchestrator gives each of them.
    /// </summary>
    /// <typeparam name="T">The service's type.</typeparam>
    /// <param name="service">The service.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<T> WithStableInstanceId<T>(this IResourceBuilder<T> service)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(service);
        var resource = service.Resource;
        return service.WithEnvironment(context =>
        {
            if (resource.GetReplicaCount() == 1)
            {
                context.EnvironmentVariables["Instance__Id"] = $"{resource.Name}-1";
            }
        });
    }
}
