using Microsoft.AspNetCore.Builder;
using RedisFlow.AspNetCore.Admin;
using RedisFlow.AspNetCore.Instances;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.AspNetCore.RateLimits;
using RedisFlow.AspNetCore.Requests;
using RedisFlow.ServiceDefaults.Health;
using RedisFlow.ServiceDefaults.Hosting;
using RedisFlow.ServiceDefaults.Resilience;
using RedisFlow.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the system gets.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds identity, telemetry, health checks, problem details, limits of size, time and rate, positions, the admin
    /// key, service discovery and resilient HTTP clients.
    /// <see cref="MapDefaultEndpoints"/> is its other half.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddInstanceIdentity();
        builder.AddTelemetryDefaults();
        builder.AddHealthDefaults();
        builder.AddProblemDefaults();
        builder.AddRequestDefaults();
        builder.AddRateLimitDefaults();
        builder.AddPositionDefaults();
        builder.AddAdminDefaults();
        builder.AddHttpClientDefaults();

        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (ready: every check) and <c>/alive</c> (the process answers), and adds the middleware of the
    /// defaults: problem details, rate limits, demanded positions, request timeouts. To be called first after the
    /// application is built, so that it covers all that follows.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseDefaultPipeline();
        app.MapHealthDefaults();
        return app;
    }
}
