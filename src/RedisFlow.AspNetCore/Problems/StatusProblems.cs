using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using RedisFlow.AspNetCore.Requests;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>What a problem says that knows no more than its status.</summary>
/// <param name="Type">The section of the RFC, mostly 9110, that defines the status.</param>
/// <param name="Title">A short name.</param>
/// <param name="Detail">What the caller can do.</param>
internal sealed record StatusProblem(string Type, string Title, string Detail);

/// <summary>The problems by status.</summary>
internal static class StatusProblems
{
    /// <param name="status">The status.</param>
    /// <param name="endpoint">The endpoint that answers with it; <c>null</c> if it is not known.</param>
    public static StatusProblem For(int status, Endpoint? endpoint) =>
        status switch
        {
            StatusCodes.Status400BadRequest => Create("15.5.1", "Bad request", "The request is not valid."),
            StatusCodes.Status401Unauthorized => Create(
                "15.5.2",
                "Unauthorized",
                "Say who you are; see the WWW-Authenticate header."
            ),
            StatusCodes.Status404NotFound => Create("15.5.5", "Not found", "There is nothing at this address."),
            StatusCodes.Status405MethodNotAllowed => Create(
                "15.5.6",
                "Method not allowed",
                "This address does not support the method; see the Allow header."
            ),
            StatusCodes.Status406NotAcceptable => Create(
                "15.5.7",
                "Not acceptable",
                "Answers are application/json or application/problem+json."
            ),
            StatusCodes.Status408RequestTimeout => Create("15.5.9", "Request timeout", "The request came too slowly."),
            StatusCodes.Status412PreconditionFailed => Create(
                "15.5.13",
                "Precondition failed",
                "The resource changed in the meantime; read it again."
            ),
            StatusCodes.Status413PayloadTooLarge => Create(
                "15.5.14",
                "Content too large",
                $"The request's body is larger than {BodyLimit(endpoint) / 1024} KB."
            ),
            StatusCodes.Status415UnsupportedMediaType => Create(
                "15.5.16",
                "Unsupported media type",
                "Send the body with Content-Type: application/json."
            ),
            StatusCodes.Status429TooManyRequests => new(
                "https://tools.ietf.org/html/rfc6585#section-4",
                "Too many requests",
                "Send fewer requests; see the Retry-After header."
            ),
            StatusCodes.Status503ServiceUnavailable => Create(
                "15.6.4",
                "Service unavailable",
                "The service cannot answer now; try again."
            ),
            >= 500 => Create(
                "15.6.1",
                "Internal server error",
                "The service failed. The trace id leads to the cause in its logs."
            ),
            _ => Create(
                "15.5",
                ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } reason ? reason : "Error",
                "The request was refused."
            ),
        };

    private static long BodyLimit(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? RequestLimits.BodyBytes;

    private static StatusProblem Create(string section, string title, string detail) =>
        new($"https://tools.ietf.org/html/rfc9110#section-{section}", title, detail);
}
