using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>Turns exceptions into problems. Their texts stay in the log unless they are meant for the caller.</summary>
internal sealed partial class ProblemExceptionHandler(
    IProblemDetailsService problems,
    IOptions<JsonOptions> json,
    ILogger<ProblemExceptionHandler> logger
) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        // The handler's middleware clears the request's endpoint, and remembers it here.
        var endpoint = httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var problem =
            BadRequests.Explain(exception, endpoint, json.Value.SerializerOptions) ?? Unavailability.Explain(exception);
        Report(httpContext, exception, problem);

        var details = new ProblemDetails
        {
            Status = problem?.Status ?? StatusCodes.Status500InternalServerError,
            Title = problem?.Title,
            Detail = problem?.Detail,
        };
        if (problem?.Errors is { } errors)
        {
            details.Extensions["errors"] = errors;
        }

        httpContext.Response.StatusCode = details.Status.Value;
        return await problems.TryWriteAsync(
                new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = details }
            ) || await AnswerPlainAsync(httpContext, details, cancellationToken);
    }

    private static async ValueTask<bool> AnswerPlainAsync(
        HttpContext httpContext,
        ProblemDetails details,
        CancellationToken cancellationToken
    )
    {
        // The caller accepts no JSON.
        var text = string.Create(CultureInfo.InvariantCulture, $"{details.Status} {details.Title}: {details.Detail}\n");
        httpContext.Response.ContentType = "text/plain; charset=utf-8";
        await httpContext.Response.WriteAsync(text, cancellationToken);
        return true;
    }

    private void Report(HttpContext httpContext, Exception exception, Problem? problem)
    {
        var (method, path) = (httpContext.Request.Method, httpContext.Request.Path);
        switch (problem)
        {
            case null:
                LogFailed(exception, method, path);
                break;
            case { Status: >= 500 }:
                LogUnavailable(exception, method, path, problem.Title);
                break;
            default:
                LogRefused(method, path, problem.Detail);
                break;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, string path);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} answered 503: {Reason}")]
    private partial void LogUnavailable(Exception exception, string method, string path, string reason);

    [LoggerMessage(LogLevel.Debug, "{Method} {Path} refused: {Reason}")]
    private partial void LogRefused(string method, string path, string reason);
}
