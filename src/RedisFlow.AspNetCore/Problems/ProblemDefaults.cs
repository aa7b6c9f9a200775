using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>
/// Every error answer is a problem document (RFC 9457) with type, title, status, detail, instance and traceId.
/// </summary>
public static class ProblemDefaults
{
    /// <summary>When to try again after a 503: by then a client has reconnected to a Redis that is back.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>Adds RFC 9457 problem details for every failure.</summary>
    public static void AddProblemDefaults(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        builder.Services.AddExceptionHandler<ProblemExceptionHandler>();
    }

    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        var http = context.HttpContext;

        // The exception handler clears the endpoint, and remembers it in its feature.
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (problem is HttpValidationProblemDetails invalid)
        {
            RequestErrors.Describe(invalid);
        }

        var known = StatusProblems.For(problem.Status ?? http.Response.StatusCode, endpoint);

        problem.Type ??= known.Type;
        problem.Title ??= known.Title;
        problem.Detail ??= known.Detail;
        problem.Instance ??= http.Request.PathBase + http.Request.Path;
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;

        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }
    }
}
