using System.Globalization;
using Microsoft.Net.Http.Headers;
using RedisFlow.AspNetCore.OpenApi;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Organization.Storage;

namespace RedisFlow.Organization.Http;

/// <summary>Versions as entity tags in headers.</summary>
internal static class EntityTags
{
    /// <summary>Says in the OpenAPI document that successful answers carry a version.</summary>
    public static RouteHandlerBuilder AnswersVersion(this RouteHandlerBuilder endpoint) =>
        endpoint.WithResponseHeader(HeaderNames.ETag, "The version, in quotes, for If-Match.");

    /// <summary>Says in the OpenAPI document what <c>If-Match</c> does.</summary>
    public static RouteHandlerBuilder AcceptsVersion(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithRequestHeader(
                HeaderNames.IfMatch,
                "The ETag of an earlier answer: the change is made only if that is still the version."
            )
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    /// <summary>Puts the version into <c>ETag</c>.</summary>
    public static void SetVersion(this HttpResponse response, long version) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Reads <c>If-Match</c>, and adds an error if it has no valid form.</summary>
    public static VersionPrecondition Precondition(this RequestErrors errors, string? ifMatch)
    {
        if (!TryReadPrecondition(ifMatch, out var precondition))
        {
            errors.Add("If-Match", "Give the ETag of an earlier answer, quotes included, e.g. \"3\".");
        }

        return precondition;
    }

    /// <summary>
    /// Reads <c>If-Match</c> (RFC 9110, section 13.1.1): absent or <c>*</c> allows every version; weak tags and tags
    /// that this service never issued match none.
    /// </summary>
    /// <returns><c>false</c> if the header has no valid form.</returns>
    private static bool TryReadPrecondition(string? ifMatch, out VersionPrecondition precondition)
    {
        precondition = VersionPrecondition.Any;
        if (ifMatch is null || ifMatch.Trim() == "*")
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags))
        {
            return false;
        }

        precondition = new VersionPrecondition([.. tags.Where(tag => !tag.IsWeak).Select(VersionOf).OfType<long>()]);
        return true;
    }

    private static long? VersionOf(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
