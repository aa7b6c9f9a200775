using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>Requests that could not be read: says which part, and what was expected there.</summary>
internal static partial class BadRequests
{
    public static Problem? Explain(Exception exception, Endpoint? endpoint, JsonSerializerOptions json) =>
        exception switch
        {
            BadHttpRequestException { InnerException: JsonException inner } => JsonProblems.Explain(
                inner,
                Schema(endpoint, json)
            ),

            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad => Parameter(bad.Message),

            // The status says all there is to say, e.g. 413 and 415.
            BadHttpRequestException bad => ByStatus(bad.StatusCode, endpoint),

            _ => null,
        };

    private static BodySchema? Schema(Endpoint? endpoint, JsonSerializerOptions json) =>
        endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } body ? new BodySchema(body, json) : null;

    private static Problem ByStatus(int status, Endpoint? endpoint)
    {
        var known = StatusProblems.For(status, endpoint);
        return new Problem(status, known.Title, known.Detail);
    }

    /// <summary>
    /// ASP.NET Core tells the parameter only in the message's text; a text of another form gets a general answer.
    /// </summary>
    private static Problem Parameter(string message)
    {
        if (FailedParameter().Match(message) is { Success: true } failed)
        {
            // The members of an [AsParameters] type are named as in C#; callers know them in camel case.
            var name = JsonNamingPolicy.CamelCase.ConvertName(failed.Groups["name"].Value);
            var value = failed.Groups["value"].Value;
            return Problem.Invalid(name, $"'{value}' is not {TypeNames.Describe(failed.Groups["type"].Value)}.");
        }

        if (MissingParameter().Match(message) is { Success: true } missing)
        {
            return Problem.Invalid(missing.Groups["name"].Value, "A value is required.");
        }

        return MissingBody().IsMatch(message)
            ? Problem.Invalid("A JSON body is required.")
            : Problem.Invalid("The request could not be read.");
    }

    [GeneratedRegex(
        """^Failed to bind parameter "(?<type>.+) (?<name>\S+)" from "(?<value>.*)"\.$""",
        RegexOptions.Singleline
    )]
    private static partial Regex FailedParameter();

    [GeneratedRegex(
        """^Required parameter ".+ (?<name>\S+)" was not provided from ((route or )?query string|header|route)"""
    )]
    private static partial Regex MissingParameter();

    [GeneratedRegex("""but no body was provided|was not provided from body""")]
    private static partial Regex MissingBody();
}
