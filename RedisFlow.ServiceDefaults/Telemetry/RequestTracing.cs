using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using RedisFlow.ServiceDefaults.Health;

namespace RedisFlow.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps health probes out of the traces, and gives the spans of the other requests what ASP.NET Core 10 leaves out: the name by the
/// route, the route, the status, and the error status of failures (OpenTelemetry's conventions for HTTP server spans).
/// </summary>
internal sealed class RequestTracing(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } activity)
        {
            return next(context);
        }

        if (HealthPaths.Contains(context.Request.Path))
        {
            // Not recorded: neither this span nor, since samplers follow their parent, any span below it is exported.
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return next(context);
        }

        return activity.IsAllDataRequested ? DescribeAsync(context, activity) : next(context);
    }

    private async Task DescribeAsync(HttpContext context, Activity activity)
    {
        try
        {
            await next(context);
        }
        finally
        {
            Describe(context, activity);
        }
    }

    private static void Describe(HttpContext context, Activity activity)
    {
        // The exception handler clears the endpoint, and remembers it in its feature.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern })
        {
            var route = pattern.StartsWith('/') ? pattern : $"/{pattern}";
            activity.DisplayName = $"{context.Request.Method} {route}";
            activity.SetTag("http.route", route);
        }

        var status = context.Response.StatusCode;
        activity.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
