namespace RedisFlow.Aspire.Hosting;

/// <summary>PostgreSQL as a container with a data volume.</summary>
internal static class PostgresContainer
{
    // The image that AddPostgres would choose. It is stated here because ./run looks for it, and because the next major
    // version could not open the data in the volume.
    private const string Registry = "docker.io";
    private const string Image = "library/postgres";
    private const string Tag = "18.3";

    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresContainer(
        this IDistributedApplicationBuilder builder,
        ServerOptions options,
        IResourceBuilder<ParameterResource> password
    ) =>
        builder
            .AddPostgres(options.Name, password: password, port: options.Port)
            .WithImage(Image, Tag)
            .WithImageRegistry(Registry)
            .WithDataVolume(options.DataVolume)
            .WithDataLock(DataLock.OfVolume(options));
}
