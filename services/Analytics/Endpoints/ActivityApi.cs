using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RedisFlow.Analytics.Activity;
using RedisFlow.Analytics.Contracts;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Services.Http;

namespace RedisFlow.Analytics.Endpoints;

/// <summary><c>/api/analytics/events</c> and <c>/api/analytics/companies/{id}/activity</c></summary>
internal static class ActivityApi
{
    public static IEndpointRouteBuilder MapActivityApi(this IEndpointRouteBuilder endpoints)
    {
        var activity = endpoints.MapGroup("/api/analytics").WithTags("Activity");

        // No positions: a count is no change of what others cache, so it publishes nothing, and the stream says nothing
        // of the counters.
        activity
            .MapPost("/events", CountAsync)
            .WithName("CountEvents")
            .WithSummary("Counts what happened to companies")
            .WithDescription(
                "All events of a batch or none. With a batchId, a batch that is sent again within a day is counted "
                    + "once; without, each time. "
                    + $"At most {ActivityLimits.BodyBytes / 1024} KB."
            )
            .WithMetadata(new RequestSizeLimitAttribute(ActivityLimits.BodyBytes))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        activity
            .MapGet("/companies/{id}/activity", GetAsync)
            .WithName("GetCompanyActivity")
            .WithSummary("Reads what happened to a company, today and ever")
            .WithDescription(
                "A moment old, see asOf. All zero where nothing was counted, whether or not there is such a company."
            )
            .WithCacheOutcome()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        return endpoints;
    }

    private static async Task<Results<Ok<ActivityBatchResponse>, ValidationProblem, ProblemHttpResult>> CountAsync(
        ActivityBatchRequest request,
        ActivityCounters counters,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        if (errors.Batch(request, time.GetUtcNow()) is not { } batch)
        {
            return errors.ToProblem();
        }

        var (outcome, events) = await counters.CountAsync(batch, cancellationToken);
        return outcome switch
        {
            BatchOutcome.OtherEvents => Problems.Create(
                StatusCodes.Status409Conflict,
                "Another batch",
                $"batchId: another batch was counted with the id {batch.Id}. Give every batch an id of its own."
            ),
            BatchOutcome.Unconfirmed => Problems.Create(
                StatusCodes.Status503ServiceUnavailable,
                "Batch not confirmed",
                $"Redis did not confirm the batch; whether it was counted is not known. {Advice(batch)}"
            ),
            _ => TypedResults.Ok(new ActivityBatchResponse(events, Repeated: outcome == BatchOutcome.Repeated)),
        };
    }

    private static string Advice(ActivityBatch batch) =>
        batch.Id is null
            ? "It has no batchId: sent again, it may be counted twice."
            : "Send it again with the same batchId: it is counted once.";

    private static async Task<Results<Ok<CompanyActivityResponse>, ValidationProblem>> GetAsync(
        long id,
        CompanyActivity activity,
        CancellationToken cancellationToken
    )
    {
        if (EntityChecks.Refuse("id", id) is { } problem)
        {
            return problem;
        }

        return TypedResults.Ok(await activity.GetAsync(id, cancellationToken));
    }
}
