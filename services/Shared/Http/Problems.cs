using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace RedisFlow.Services.Http;

/// <summary>Problems (RFC 9457) that more than one service answers.</summary>
public static class Problems
{
    /// <summary>404: there is no such company.</summary>
    public static ProblemHttpResult CompanyNotFound(long id) =>
        Create(StatusCodes.Status404NotFound, "Company not found", $"There is no company with the id {id}.");

    /// <summary>A problem whose detail is formatted invariantly.</summary>
    public static ProblemHttpResult Create(int status, string title, FormattableString detail)
    {
        ArgumentNullException.ThrowIfNull(detail);
        return TypedResults.Problem(
            statusCode: status,
            title: title,
            detail: detail.ToString(CultureInfo.InvariantCulture)
        );
    }
}
