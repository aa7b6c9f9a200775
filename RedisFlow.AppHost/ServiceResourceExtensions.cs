namespace RedisFlow.AppHost;

/// <summary>What every service of the application gets.</summary>
internal static class ServiceResourceExtensions
{
    /// <summary>Gives the service Redis's connection string, and lets it start only when Redis answers.</summary>
    public static IResourceBuilder<ProjectResource> WithRedis(
        this IResourceBuilder<ProjectResource> service,
        IResourceBuilder<IResourceWithConnectionString> redis)
    {
        service.WithReference(redis);

        // A server that is not ours to start is not ours to wait for: the services cope with a Redis that comes late.
        return redis.Resource is IResourceWithWaitSupport ? service.WaitFor(redis) : service;
    }

    /// <summary>Gives the service the key that its operators' endpoints ask for.</summary>
    public static IResourceBuilder<ProjectResource> WithAdminKey(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ParameterResource> key) => service.WithEnvironment("Admin__Key", key);

    /// <summary>
    /// Names the service's one instance after the service. A stable consumer name lets a restarted worker replay its own pending
    /// messages at once, instead of waiting until their lease has run out. Replicas cannot share a name: they keep the
    /// <c>service.instance.id</c> that the orchestrator gives each of them.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithStableInstanceId(this IResourceBuilder<ProjectResource> service) =>
        service.WithEnvironment("Instance__Id", $"{service.Resource.Name}-1");
}
