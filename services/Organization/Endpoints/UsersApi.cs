using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Domain;
using RedisFlow.Organization.Contracts;
using RedisFlow.Organization.Http;
using RedisFlow.Organization.Storage;
using RedisFlow.Services.Http;

namespace RedisFlow.Organization.Endpoints;

/// <summary><c>/api/users</c></summary>
internal static class UsersApi
{
    public static IEndpointRouteBuilder MapUsersApi(this IEndpointRouteBuilder endpoints)
    {
        var users = endpoints
            .MapGroup("/api/users")
            .WithTags("Users")
            .WithPositionsOfSource()
            .ProducesProblem(StatusCodes.Status404NotFound);

        users
            .MapGet("/{id}", GetAsync)
            .WithName("GetUser")
            .WithSummary("Reads a user and the user's roles")
            .AnswersVersion();

        users
            .MapPut("/{id}/roles", ReplaceRolesAsync)
            .WithName("ReplaceUserRoles")
            .WithSummary("Gives a user exactly these roles")
            .AcceptsVersion()
            .AnswersVersion()
            .AnswersPosition();

        return endpoints;
    }

    private static async Task<Results<Ok<UserResponse>, ValidationProblem, ProblemHttpResult>> GetAsync(
        long id,
        UserStore users,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        if (EntityChecks.Refuse("id", id) is { } problem)
        {
            return problem;
        }

        if (await users.FindAsync(id, cancellationToken) is not { } user)
        {
            return OrganizationProblems.UserNotFound(id);
        }

        response.SetVersion(user.Version);
        return TypedResults.Ok(UserResponse.From(user));
    }

    private static async Task<Results<Ok<UserResponse>, ValidationProblem, ProblemHttpResult>> ReplaceRolesAsync(
        long id,
        RolesRequest request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        UserStore users,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        errors.Id("id", id);
        var expected = errors.Precondition(ifMatch);
        if (request.Roles is null || !request.Roles.All(Roles.IsKnown))
        {
            errors.Add(
                "roles",
                $"Give a list of known roles: {string.Join(", ", Roles.All)}; an empty list takes all roles away."
            );
        }

        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var replaced = await users.ReplaceRolesAsync(
            id,
            [.. request.Roles!.OfType<string>()],
            expected,
            cancellationToken
        );
        switch (replaced)
        {
            case { Status: WriteStatus.Committed, Value: { } user }:
                response.SetVersion(user.Version);
                response.SetPosition(replaced.Position);
                return TypedResults.Ok(UserResponse.From(user));
            case { Status: WriteStatus.NotFound }:
                return OrganizationProblems.UserNotFound(id);
            case { Status: WriteStatus.VersionMismatch }:
                return OrganizationProblems.VersionMismatch();
            default:
                throw OrganizationProblems.Unexpected(replaced.Status);
        }
    }
}
