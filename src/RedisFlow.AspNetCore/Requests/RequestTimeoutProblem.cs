using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.AspNetCore.Requests;

/// <summary>The answer to a request that took too long.</summary>
internal static class RequestTimeoutProblem
{
    public static async Task WriteAsync(HttpContext context)
    {
        var limit =
            context.GetEndpoint()?.Metadata.GetMetadata<RequestTimeoutPolicy>()?.Timeout ?? RequestLimits.Request;
        var problems = context.RequestServices.GetRequiredService<IProblemDetailsService>();
        await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = new ProblemDetails
                {
                    Status = StatusCodes.Status503ServiceUnavailable,
                    Title = "Timeout",
                    Detail = string.Create(
                        CultureInfo.InvariantCulture,
                        $"The request was not done within {limit.TotalSeconds} s and was cancelled. Try again."
                    ),
                },
            }
        );
    }
}
