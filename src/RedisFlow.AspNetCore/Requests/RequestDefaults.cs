using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RedisFlow.AspNetCore.Requests;

/// <summary>Limits of requests, and how their bodies are read.</summary>
public static class RequestDefaults
{
    /// <summary>Adds limits of size and time for requests, and strict JSON.</summary>
    public static void AddRequestDefaults(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = RequestLimits.Shutdown);
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = RequestLimits.BodyBytes;
        });

        services.AddRequestTimeouts(options =>
            options.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = RequestLimits.Request,
                TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
                WriteTimeoutResponse = RequestTimeoutProblem.WriteAsync,
            }
        );

        services.ConfigureHttpJsonOptions(options =>
        {
            // A number is a number and a field comes once: what a caller sends wrong is told, not guessed.
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.MaxDepth = 16;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
        });

        // In every environment, not in Development alone: the exception says what was wrong with the request.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }
}
