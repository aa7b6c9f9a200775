using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.AspNetCore.Admin;

/// <summary>Endpoints for operators.</summary>
public static class AdminKeyEndpoints
{
    /// <summary>The header that carries the key.</summary>
    public const string Header = "X-Admin-Key";

    /// <summary>
    /// Serves these endpoints only to callers who send <see cref="AdminOptions.Key"/> in <see cref="Header"/>. Others
    /// get 401; so does everybody where no key is configured. The check comes before the endpoint's filters and before
    /// anything of the request is read. Before the check, requests are counted: with more than
    /// <see cref="AdminOptions.RequestsPerMinute"/> a client gets 429.
    /// </summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        // Around the finished delegate: a filter would run after the parameters were bound, hence after the body was
        // read.
        endpoints.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } serve)
            {
                endpoint.RequestDelegate = context =>
                    context.RequestServices.GetRequiredService<AdminKeyCheck>().ServeAsync(context, serve);
            }
        });
        return endpoints
            .RequireRateLimiting(AdminRateLimit.Policy)
            .WithMetadata(new AdminKeyRequirement())
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }
}

/// <summary>Marks the endpoints that need the admin key.</summary>
internal sealed record AdminKeyRequirement;
