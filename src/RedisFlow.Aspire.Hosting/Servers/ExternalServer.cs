using Microsoft.Extensions.Configuration;

namespace RedisFlow.Aspire.Hosting;

/// <summary>A server that runs elsewhere.</summary>
internal static class ExternalServer
{
    /// <summary>Adds it by its connection string, without which the application does not run.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddExternalServer(
        this IDistributedApplicationBuilder builder,
        ServerOptions options
    )
    {
        var name = options.Name;
        if (
            builder.ExecutionContext.IsRunMode
            && string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name))
        )
        {
            throw new DistributedApplicationException(
                $"{options.Section}:Mode is external, but ConnectionStrings:{name} is not set. "
                    + $"Example: --ConnectionStrings:{name}={options.Kind.ConnectionString}"
            );
        }

        return builder.AddConnectionString(name);
    }
}
