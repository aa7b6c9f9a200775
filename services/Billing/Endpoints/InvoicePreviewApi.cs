using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.AspNetCore.OpenApi;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.Billing.Contracts;
using RedisFlow.Billing.Invoicing;
using RedisFlow.Billing.Permissions;
using RedisFlow.Services.Http;

namespace RedisFlow.Billing.Endpoints;

/// <summary><c>/api/billing</c></summary>
internal static class InvoicePreviewApi
{
    public static IEndpointRouteBuilder MapInvoicePreviewApi(this IEndpointRouteBuilder endpoints)
    {
        var billing = endpoints
            .MapGroup("/api/billing")
            .WithTags("Billing")
            .WithPositionsOfCache()
            .WithCacheOutcome()
            .AddEndpointFilter<RouteGroupBuilder, InvoicePermissionFilter>();

        billing
            .MapGet("/companies/{id}/preview", PreviewAsync)
            .WithName("PreviewInvoice")
            .WithSummary("Previews the invoice of a company")
            .WithDescription("The caller needs the role billing.read or admin.")
            .WithRequestHeader(InvoicePermissionFilter.UserIdHeader, "The id of the user who calls.", required: true)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);

        return endpoints;
    }

    private static async Task<Results<Ok<InvoicePreview>, ValidationProblem, ProblemHttpResult>> PreviewAsync(
        long id,
        InvoicePreviews previews,
        CancellationToken cancellationToken
    )
    {
        if (EntityChecks.Refuse("id", id) is { } problem)
        {
            return problem;
        }

        return await previews.FindAsync(id, cancellationToken) is { } preview
            ? TypedResults.Ok(preview)
            : Problems.CompanyNotFound(id);
    }
}
