using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// A database of a server that is no container. Aspire's <see cref="PostgresDatabaseResource"/> belongs to a container;
/// this is Aspire's resource for a connection string, with the same content.
/// </summary>
internal static class PostgresDatabase
{
    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresDatabase(
        this IResourceBuilder<IResourceWithConnectionString> server,
        string name,
        string databaseName
    )
    {
        var resource = server.Resource;
        var suffix = new DbConnectionStringBuilder { ["Database"] = databaseName }.ConnectionString;
        var database = server
            .ApplicationBuilder.AddConnectionString(name, ReferenceExpression.Create($"{resource};{suffix}"))
            .WithParentRelationship(server)
            .WithIconName("Database")
            .WithPostgresCheck(
                databaseName,
                $"ConnectionStrings:{resource.Name} has a user or a password that the server does not accept."
            );
        if (resource is PostgresProcessResource process)
        {
            foreach (var (property, value) in process.GetConnectionProperties(databaseName))
            {
                database.WithConnectionProperty(property, value);
            }

            database.WaitFor(server).ExcludeFromManifest();
        }

        return database;
    }

    /// <summary>
    /// Lets a resource be healthy while its database answers. The database is created where it does not exist.
    /// </summary>
    /// <param name="builder">The resource.</param>
    /// <param name="database">The database.</param>
    /// <param name="refusal">What is said where the server refuses the password.</param>
    public static IResourceBuilder<T> WithPostgresCheck<T>(
        this IResourceBuilder<T> builder,
        string database,
        string refusal
    )
        where T : IResourceWithConnectionString
    {
        var name = $"{builder.Resource.Name}_check";
        PostgresCheck? check = null;
        builder
            .ApplicationBuilder.Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    name,
                    services =>
                        check ??= new PostgresCheck(
                            builder.Resource,
                            database,
                            refusal,
                            services.GetRequiredService<ResourceLoggerService>(),
                            services.GetRequiredService<ILogger<PostgresCheck>>()
                        ),
                    HealthStatus.Unhealthy,
                    tags: null
                )
            );
        return builder.WithHealthCheck(name);
    }
}
