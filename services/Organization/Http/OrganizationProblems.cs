using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.Domain;
using RedisFlow.Organization.Storage;
using RedisFlow.Services.Http;

namespace RedisFlow.Organization.Http;

/// <summary>The problems (RFC 9457) that this service answers.</summary>
internal static class OrganizationProblems
{
    public static ProblemHttpResult DealershipNotFound(long id) =>
        Problems.Create(
            StatusCodes.Status404NotFound,
            "Dealership not found",
            $"There is no dealership with the id {id}."
        );

    public static ProblemHttpResult UserNotFound(long id) =>
        Problems.Create(StatusCodes.Status404NotFound, "User not found", $"There is no user with the id {id}.");

    public static ProblemHttpResult VersionMismatch() =>
        Problems.Create(
            StatusCodes.Status412PreconditionFailed,
            "The entity was changed",
            $"Its version is not one that If-Match names. Read it again, and send the ETag of that answer."
        );

    public static ProblemHttpResult TooManyDealerships(long companyId) =>
        Problems.Create(
            StatusCodes.Status409Conflict,
            "Too many dealerships",
            $"Company {companyId} has {CompanyLimits.MaxDealerships} dealerships, the most that a company may have."
        );

    public static ProblemHttpResult AlreadyThere(long dealershipId, long companyId) =>
        Problems.Create(
            StatusCodes.Status409Conflict,
            "Nothing to transfer",
            $"Dealership {dealershipId} belongs to company {companyId} already; toCompanyId must name another one."
        );

    public static ProblemHttpResult TargetNotFound(long companyId) =>
        Problems.Create(
            StatusCodes.Status404NotFound,
            "Company not found",
            $"toCompanyId: there is no company with the id {companyId} to transfer to."
        );

    /// <summary>A status that the write at hand never ends with.</summary>
    public static InvalidOperationException Unexpected(WriteStatus status) =>
        new($"The write status {status} cannot occur here.");
}
