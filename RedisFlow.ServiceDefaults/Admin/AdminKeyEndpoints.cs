using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.ServiceDefaults.OpenApi;

namespace RedisFlow.ServiceDefaults.Admin;

/// <summary>Endpoints for operators.</summary>
public static class AdminKeyEndpoints
{
    /// <summary>The header that carries the key.</summary>
    public const string Header = "X-Admin-Key";

    /// <summary>
    /// Serves these endpoints only to callers who send <see cref="AdminOptions.Key"/> in <see cref="Header"/>. Others get 401; so does everybody
    /// where no key is configured. The check comes before the endpoint's filters and before anything of the request is read.
    /// </summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        // Around the finished delegate: a filter would run after the parameters were bound, hence after the body was read.
        endpoints.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } serve)
            {
                endpoint.RequestDelegate = context => context.RequestServices.GetRequiredService<AdminKeyCheck>().ServeAsync(context, serve);
            }
        });
        return endpoints
            .WithRequestHeader(Header, "The admin key of the service, see Admin:Key.", required: true)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
    }
}
