using RedisFlow.Aspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds a PostgreSQL server in the mode that the configuration asks for, and its databases.</summary>
public static class PostgresServerBuilderExtensions
{
    private static readonly ServerKind Postgres = new(
        "PostgreSQL",
        5432,
        "Host=postgres.example.com;Username=app;Password=secret;SSL Mode=Require"
    );

    /// <summary>
    /// Adds a PostgreSQL server with a password: a container where a container engine answers, else a local
    /// <c>postgres</c> process, or a server that runs elsewhere. Its name and its connection string are the same in
    /// every mode. Add databases with <see cref="AddDatabase"/>.
    /// </summary>
    /// <remarks>
    /// Settings of the section: <c>Mode</c> (<c>auto</c>, <c>container</c>, <c>process</c> or <c>external</c>, which
    /// takes <c>ConnectionStrings:{name}</c>; default: <c>auto</c>), <c>Port</c> (default: a free one); of a process
    /// <c>BinDirectory</c>, the folder of <c>postgres</c> and <c>initdb</c> (default: of existing data its version,
    /// else that in PATH, else the newest version below <c>/usr/lib/postgresql</c>), and <c>DataDirectory</c> (default:
    /// <c>../artifacts/{name}</c>, seen from the AppHost); of a container <c>DataVolume</c> (default:
    /// <c>{application}-{name}-data</c>). The password of the user <c>postgres</c> is the parameter
    /// <c>{name}-password</c>, generated once. When the application is published, it is a container, unless its mode is
    /// external.
    /// </remarks>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name, and the connection string's. The default is <c>postgres</c>.</param>
    /// <param name="configurationSection">The section of its settings. The default is <c>Postgres</c>.</param>
    /// <returns>The server.</returns>
    /// <exception cref="DistributedApplicationException">A setting cannot be used; the message names it.</exception>
    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresServer(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name = "postgres",
        string configurationSection = "Postgres"
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(configurationSection);
        var options = ServerOptions.Read(builder, Postgres, name, configurationSection);
        return options.Mode switch
        {
            ServerMode.Container => builder.AddPostgresContainer(options, AddPassword()),
            ServerMode.Process => builder.AddPostgresProcess(options, AddPassword()),
            _ => builder.AddExternalServer(options).WithAnnotation(new ExternalPostgresAnnotation()),
        };

        IResourceBuilder<ParameterResource> AddPassword() =>
            builder.AddServerPassword(name, PostgresPassword.FindFault);
    }

    /// <summary>
    /// Adds a database to a server that <see cref="AddPostgresServer"/> has added. It is created where it does not
    /// exist, as soon as the server answers; what waits for it starts after that.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="name">The resource's name, and the connection string's.</param>
    /// <param name="databaseName">The database's name. The default is the resource's name.</param>
    /// <returns>The database.</returns>
    /// <exception cref="ArgumentException">The resource is no PostgreSQL server.</exception>
    public static IResourceBuilder<IResourceWithConnectionString> AddDatabase(
        this IResourceBuilder<IResourceWithConnectionString> server,
        [ResourceName] string name,
        string? databaseName = null
    )
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        databaseName ??= name;
        return server.Resource switch
        {
            PostgresServerResource container => server
                .ApplicationBuilder.CreateResourceBuilder(container)
                .AddDatabase(name, databaseName),
            PostgresProcessResource => server.AddPostgresDatabase(name, databaseName),
            var resource when resource.HasAnnotationOfType<ExternalPostgresAnnotation>() => server.AddPostgresDatabase(
                name,
                databaseName
            ),
            var resource => throw new ArgumentException(
                $"The resource {resource.Name} was not added with {nameof(AddPostgresServer)}: it has no databases.",
                nameof(server)
            ),
        };
    }

    /// <summary>Marks the connection string of a PostgreSQL server that runs elsewhere.</summary>
    private sealed class ExternalPostgresAnnotation : IResourceAnnotation;
}
