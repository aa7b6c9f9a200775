using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Organization.Contracts;
using RedisFlow.Organization.Http;
using RedisFlow.Organization.Storage;
using RedisFlow.Services.Http;

namespace RedisFlow.Organization.Endpoints;

/// <summary><c>/api/companies/{id}/dealerships</c> and <c>/api/dealerships</c></summary>
internal static class DealershipsApi
{
    public static IEndpointRouteBuilder MapDealershipsApi(this IEndpointRouteBuilder endpoints)
    {
        var ofCompany = endpoints
            .MapGroup("/api/companies/{companyId}/dealerships")
            .WithTags("Dealerships")
            .WithPositionsOfSource()
            .ProducesProblem(StatusCodes.Status404NotFound);

        ofCompany
            .MapGet("", ListAsync)
            .WithName("ListDealerships")
            .WithSummary("Lists a company's dealerships, in id order");

        ofCompany
            .MapPost("", CreateAsync)
            .WithName("CreateDealership")
            .WithSummary("Adds a dealership to a company")
            .WithDescription("A company can have 1000 dealerships.")
            .AnswersPosition()
            .ProducesProblem(StatusCodes.Status409Conflict);

        endpoints
            .MapPost("/api/dealerships/{id}/transfer", TransferAsync)
            .WithTags("Dealerships")
            .WithName("TransferDealership")
            .WithSummary("Moves a dealership to another company")
            .WithPositionsOfSource()
            .AnswersPosition()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        return endpoints;
    }

    private static async Task<
        Results<Ok<IReadOnlyList<DealershipResponse>>, ValidationProblem, ProblemHttpResult>
    > ListAsync(long companyId, DealershipStore dealerships, CancellationToken cancellationToken)
    {
        if (EntityChecks.Refuse("companyId", companyId) is { } problem)
        {
            return problem;
        }

        return await dealerships.ListAsync(companyId, cancellationToken) is { } found
            ? TypedResults.Ok<IReadOnlyList<DealershipResponse>>([.. found.Select(DealershipResponse.From)])
            : Problems.CompanyNotFound(companyId);
    }

    private static async Task<Results<Created<DealershipResponse>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        long companyId,
        DealershipRequest request,
        DealershipStore dealerships,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        errors.Id("companyId", companyId);
        if (errors.Name("name", request.Name) is not { } name || errors.Any)
        {
            return errors.ToProblem();
        }

        var created = await dealerships.CreateAsync(companyId, name, cancellationToken);
        switch (created)
        {
            case { Status: WriteStatus.Committed, Value: { } dealership }:
                response.SetPosition(created.Position);
                return TypedResults.Created((string?)null, DealershipResponse.From(dealership));
            case { Status: WriteStatus.NotFound }:
                return Problems.CompanyNotFound(companyId);
            case { Status: WriteStatus.TooManyDealerships }:
                return OrganizationProblems.TooManyDealerships(companyId);
            default:
                throw OrganizationProblems.Unexpected(created.Status);
        }
    }

    private static async Task<Results<Ok<DealershipResponse>, ValidationProblem, ProblemHttpResult>> TransferAsync(
        long id,
        TransferRequest request,
        DealershipStore dealerships,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        errors.Id("id", id);
        var toCompanyId = errors.Id("toCompanyId", request.ToCompanyId);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var transferred = await dealerships.TransferAsync(id, toCompanyId, cancellationToken);
        switch (transferred)
        {
            case { Status: WriteStatus.Committed, Value: { } dealership }:
                response.SetPosition(transferred.Position);
                return TypedResults.Ok(DealershipResponse.From(dealership));
            case { Status: WriteStatus.NotFound }:
                return OrganizationProblems.DealershipNotFound(id);
            case { Status: WriteStatus.TargetNotFound }:
                return OrganizationProblems.TargetNotFound(toCompanyId);
            case { Status: WriteStatus.AlreadyThere }:
                return OrganizationProblems.AlreadyThere(id, toCompanyId);
            case { Status: WriteStatus.TooManyDealerships }:
                return OrganizationProblems.TooManyDealerships(toCompanyId);
            default:
                throw OrganizationProblems.Unexpected(transferred.Status);
        }
    }
}
