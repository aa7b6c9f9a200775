using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.Analytics.Contracts;
using RedisFlow.Analytics.Figures;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.Services.Http;

namespace RedisFlow.Analytics.Endpoints;

/// <summary><c>/api/analytics</c></summary>
internal static class AnalyticsApi
{
    public static IEndpointRouteBuilder MapAnalyticsApi(this IEndpointRouteBuilder endpoints)
    {
        var analytics = endpoints
            .MapGroup("/api/analytics")
            .WithTags("Analytics")
            .WithPositionsOfCache()
            .WithCacheOutcome();

        analytics
            .MapGet("/companies/{id}", GetAsync)
            .WithName("GetCompanyFigures")
            .WithSummary("Reads the figures of a company")
            .ProducesProblem(StatusCodes.Status404NotFound);

        analytics
            .MapGet("/summary", SummarizeAsync)
            .WithName("GetSummary")
            .WithSummary("Reads the figures over all companies");

        return endpoints;
    }

    private static async Task<Results<Ok<CompanyFiguresResponse>, ValidationProblem, ProblemHttpResult>> GetAsync(
        long id,
        CompanyAnalytics analytics,
        CancellationToken cancellationToken
    )
    {
        if (EntityChecks.Refuse("id", id) is { } problem)
        {
            return problem;
        }

        return await analytics.FindAsync(id, cancellationToken) is { } figures
            ? TypedResults.Ok(figures)
            : Problems.CompanyNotFound(id);
    }

    private static async Task<Ok<SummaryResponse>> SummarizeAsync(
        CompanyAnalytics analytics,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await analytics.SummarizeAsync(cancellationToken));
}
