using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Aspire.Hosting;

/// <summary>PostgreSQL as a local process, for machines without a container runtime.</summary>
internal static class PostgresProcess
{
    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresProcess(
        this IDistributedApplicationBuilder builder,
        ServerOptions options,
        IResourceBuilder<ParameterResource> password
    )
    {
        var settings = builder.Configuration.GetSection(options.Section);
        if (OperatingSystem.IsWindows())
        {
            throw new DistributedApplicationException(
                $"On Windows, {options.Section}:Mode cannot be process. Start Docker or Podman, or use a server that "
                    + $"runs elsewhere. Example: --{options.Section}:Mode=container"
            );
        }

        // A clone in root's home is out of the user's reach. The data is then the machine's, as a volume would be.
        if (
            PostgresUser.IsNeeded
            && string.IsNullOrEmpty(settings["DataDirectory"])
            && !PostgresUser.Reaches(options.DataDirectory)
        )
        {
            options = options with { DataDirectory = $"/var/lib/{options.DataVolume}" };
        }

        Directory.CreateDirectory(options.DataDirectory);
        var programs = settings["BinDirectory"] is { Length: > 0 } folder
            ? Path.GetFullPath(folder, builder.AppHostDirectory)
            : null;
        var cluster = new PostgresCluster(options, programs);
        var port = options.Port ?? FreePort.Find();
        var line = PostgresLaunch.CommandLine(cluster.BinDirectory, cluster.Folder, port);
        var resource = new PostgresProcessResource(options.Name, line[0], options.DataDirectory, password.Resource);

        // No proxy in between: a stopped server refuses connections at once, as it would in production, instead of
        // letting clients wait.
        return builder
            .AddResource(resource)
            .WithEndpoint(
                port: port,
                targetPort: port,
                scheme: "postgresql",
                name: PostgresProcessResource.EndpointName,
                isProxied: false
            )
            .WithArgs([.. line.Skip(1)])
            .WithIconName("DatabaseMultiple")
            .WithPostgresCheck(
                PostgresCheck.Maintenance,
                $"Parameters:{password.Resource.Name} is not the password that {cluster.Folder} was created with. "
                    + "Set that one, or remove the folder and all its data."
            )
            .WithDataLock(DataLock.OfDirectory(options))
            .OnBeforeResourceStarted(
                (server, start, stop) =>
                    cluster.PrepareAsync(
                        server.PasswordParameter,
                        start.Services.GetRequiredService<ResourceLoggerService>().GetLogger(server),
                        stop
                    )
            )
            .ExcludeFromManifest();
    }
}
