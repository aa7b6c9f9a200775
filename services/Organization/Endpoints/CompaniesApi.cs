using System.Globalization;
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

/// <summary><c>/api/companies</c></summary>
internal static class CompaniesApi
{
    /// <summary>Companies per page unless the caller says otherwise.</summary>
    private const int DefaultPageSize = 20;

    /// <summary>The most companies in one answer, whether by page or by ids.</summary>
    private const int MaxPageSize = 200;

    private const int MaxPage = 1_000_000;

    public static IEndpointRouteBuilder MapCompaniesApi(this IEndpointRouteBuilder endpoints)
    {
        var companies = endpoints.MapGroup("/api/companies").WithTags("Companies").WithPositionsOfSource();

        companies
            .MapGet("", ListAsync)
            .WithName("ListCompanies")
            .WithSummary("Lists companies")
            .WithDescription(
                "One page in id order; with search (a prefix of the name, whatever its case, at most 200 characters), "
                    + "in name order; with ids (up to "
                    + "200, separated by commas, without the other parameters), exactly those of them that exist, in "
                    + "the order given. "
                    + "page: 1 (the default) to 1000000. pageSize: 1 to 200, 20 by default."
            );

        companies.MapGet("/figures", FiguresAsync).WithName("GetFigures").WithSummary("Figures over all companies");

        companies
            .MapGet("/{id}", GetAsync)
            .WithName("GetCompany")
            .WithSummary("Reads a company")
            .AnswersVersion()
            .ProducesProblem(StatusCodes.Status404NotFound);

        companies
            .MapPost("", CreateAsync)
            .WithName("CreateCompany")
            .WithSummary("Creates a company")
            .AnswersVersion()
            .AnswersPosition();

        companies
            .MapPut("/{id}", UpdateAsync)
            .WithName("UpdateCompany")
            .WithSummary("Renames a company")
            .AcceptsVersion()
            .AnswersVersion()
            .AnswersPosition()
            .ProducesProblem(StatusCodes.Status404NotFound);

        companies
            .MapDelete("/{id}", DeleteAsync)
            .WithName("DeleteCompany")
            .WithSummary("Deletes a company and its dealerships")
            .AcceptsVersion()
            .AnswersPosition()
            .ProducesProblem(StatusCodes.Status404NotFound);

        return endpoints;
    }

    private static async Task<Results<Ok<CompanyPageResponse>, ValidationProblem>> ListAsync(
        [AsParameters] CompanyListQuery query,
        CompanyReader companies,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        if (query.Ids is { } list)
        {
            var ids = ReadIds(list, errors);
            if (query.Search is not null || query.Page is not null || query.PageSize is not null)
            {
                errors.Add("ids", "Leave out search, page and pageSize when you give ids.");
            }

            if (errors.Any)
            {
                return errors.ToProblem();
            }

            var found = await companies.FindAsync(ids, cancellationToken);
            return TypedResults.Ok(CompanyPageResponse.From(new CompanyPage(found, found.Count), 1, MaxPageSize));
        }

        var page = errors.InRange("page", query.Page, 1, MaxPage, otherwise: 1);
        var pageSize = errors.InRange("pageSize", query.PageSize, 1, MaxPageSize, DefaultPageSize);
        var prefix = string.IsNullOrWhiteSpace(query.Search) ? null : errors.Name("search", query.Search);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var result = prefix is null
            ? await companies.ListAsync(page, pageSize, cancellationToken)
            : await companies.SearchAsync(prefix.Value, page, pageSize, cancellationToken);
        return TypedResults.Ok(CompanyPageResponse.From(result, page, pageSize));
    }

    private static async Task<Ok<OrganizationFiguresResponse>> FiguresAsync(
        CompanyReader companies,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(OrganizationFiguresResponse.From(await companies.ReadFiguresAsync(cancellationToken)));

    private static async Task<Results<Ok<CompanyResponse>, ValidationProblem, ProblemHttpResult>> GetAsync(
        long id,
        CompanyReader companies,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        if (EntityChecks.Refuse("id", id) is { } problem)
        {
            return problem;
        }

        if (await companies.FindAsync(id, cancellationToken) is not { } company)
        {
            return Problems.CompanyNotFound(id);
        }

        response.SetVersion(company.Version);
        return TypedResults.Ok(CompanyResponse.From(company));
    }

    private static async Task<Results<CreatedAtRoute<CompanyResponse>, ValidationProblem>> CreateAsync(
        CompanyRequest request,
        CompanyWriter companies,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        if (errors.Name("name", request.Name) is not { } name)
        {
            return errors.ToProblem();
        }

        var created = await companies.CreateAsync(name, cancellationToken);
        if (created.Value is not { } company)
        {
            throw OrganizationProblems.Unexpected(created.Status);
        }

        response.SetVersion(company.Version);
        response.SetPosition(created.Position);
        return TypedResults.CreatedAtRoute(CompanyResponse.From(company), "GetCompany", new { id = company.Id });
    }

    private static async Task<Results<Ok<CompanyResponse>, ValidationProblem, ProblemHttpResult>> UpdateAsync(
        long id,
        CompanyRequest request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CompanyWriter companies,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        errors.Id("id", id);
        var expected = errors.Precondition(ifMatch);
        if (errors.Name("name", request.Name) is not { } name || errors.Any)
        {
            return errors.ToProblem();
        }

        var updated = await companies.RenameAsync(id, name, expected, cancellationToken);
        switch (updated)
        {
            case { Status: WriteStatus.Committed, Value: { } company }:
                response.SetVersion(company.Version);
                response.SetPosition(updated.Position);
                return TypedResults.Ok(CompanyResponse.From(company));
            case { Status: WriteStatus.NotFound }:
                return Problems.CompanyNotFound(id);
            case { Status: WriteStatus.VersionMismatch }:
                return OrganizationProblems.VersionMismatch();
            default:
                throw OrganizationProblems.Unexpected(updated.Status);
        }
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> DeleteAsync(
        long id,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CompanyWriter companies,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        errors.Id("id", id);
        var expected = errors.Precondition(ifMatch);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var deleted = await companies.DeleteAsync(id, expected, cancellationToken);
        switch (deleted.Status)
        {
            case WriteStatus.Committed:
                response.SetPosition(deleted.Position);
                return TypedResults.NoContent();
            case WriteStatus.NotFound:
                return Problems.CompanyNotFound(id);
            case WriteStatus.VersionMismatch:
                return OrganizationProblems.VersionMismatch();
            default:
                throw OrganizationProblems.Unexpected(deleted.Status);
        }
    }

    private static List<long> ReadIds(string list, RequestErrors errors)
    {
        var parts = list.Split(',', MaxPageSize + 1);
        var ids = new List<long>(parts.Length);
        foreach (var part in parts)
        {
            if (
                long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && EntityId.IsValid(id)
            )
            {
                ids.Add(id);
            }
        }

        if (ids.Count != parts.Length || parts.Length > MaxPageSize)
        {
            errors.Add(
                "ids",
                $"Give 1 to {MaxPageSize} ids, separated by commas: whole numbers from {EntityId.MinValue} to "
                    + $"{EntityId.MaxValue}."
            );
        }

        return ids;
    }
}
