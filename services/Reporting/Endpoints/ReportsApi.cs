using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Reporting.Contracts;
using RedisFlow.Reporting.Reports;
using RedisFlow.Services.Http;

namespace RedisFlow.Reporting.Endpoints;

/// <summary><c>/api/reports</c></summary>
internal static class ReportsApi
{
    private const int DefaultPageSize = 20;
    private const int MaxPageSize = 200;
    private const int MaxPage = 1_000_000;

    public static IEndpointRouteBuilder MapReportsApi(this IEndpointRouteBuilder endpoints)
    {
        var reports = endpoints
            .MapGroup("/api/reports/companies")
            .WithTags("Reports")
            .WithPositionsOfCache()
            .WithCacheOutcome();

        reports
            .MapGet("", ListAsync)
            .WithName("ListCompanyReports")
            .WithSummary("Lists the reports on companies, in the order of their ids")
            .WithDescription("page: 1 (the default) to 1000000. pageSize: 1 to 200, 20 by default.");

        reports
            .MapGet("/{id}", GetAsync)
            .WithName("GetCompanyReport")
            .WithSummary("Reads the report on a company")
            .ProducesProblem(StatusCodes.Status404NotFound);

        return endpoints;
    }

    private static async Task<Results<Ok<CompanyReportPage>, ValidationProblem>> ListAsync(
        int? page,
        int? pageSize,
        CompanyReports reports,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        var number = errors.InRange("page", page, 1, MaxPage, otherwise: 1);
        var size = errors.InRange("pageSize", pageSize, 1, MaxPageSize, DefaultPageSize);
        return errors.Any
            ? errors.ToProblem()
            : TypedResults.Ok(await reports.ListAsync(number, size, cancellationToken));
    }

    private static async Task<Results<Ok<CompanyReport>, ValidationProblem, ProblemHttpResult>> GetAsync(
        long id,
        CompanyReports reports,
        CancellationToken cancellationToken
    )
    {
        if (EntityChecks.Refuse("id", id) is { } problem)
        {
            return problem;
        }

        return await reports.FindAsync(id, cancellationToken) is { } report
            ? TypedResults.Ok(report)
            : Problems.CompanyNotFound(id);
    }
}
