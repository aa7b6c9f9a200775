using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Domain;

namespace RedisFlow.Services.OrganizationApi;

/// <summary>Registers <see cref="OrganizationClient"/>.</summary>
public static class OrganizationClientExtensions
{
    /// <summary>
    /// Registers the client, with the service discovery and the resilience that every HTTP client gets by default.
    /// </summary>
    public static IHostApplicationBuilder AddOrganizationClient(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHttpClient<OrganizationClient>(http =>
            http.BaseAddress = new Uri($"https+http://{ResourceNames.Organization}")
        );
        return builder;
    }
}
