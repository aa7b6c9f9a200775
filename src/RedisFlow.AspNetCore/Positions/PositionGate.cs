using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Positions;

/// <summary>
/// Lets a request of an endpoint with positions go on when this instance is as far as the request demands. A
/// middleware, so that nothing of the endpoint runs before, no filter either: what decides on permissions from the
/// cache is then as new as what is read after it.
/// </summary>
internal sealed class PositionGate(RequestDelegate next, IOptions<PositionOptions> options, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<PositionRole>() is { } role
            ? PassAsync(context, role)
            : next(context);

    private async Task PassAsync(HttpContext context, PositionRole role)
    {
        if (!PositionHeaders.TryReadMinPosition(context.Request, out var demanded, out var errors))
        {
            await errors.ToProblem().ExecuteAsync(context);
            return;
        }

        // The source: a change and its message are committed together, before anybody is told the position. So its
        // state is never older than a position that was handed out, and there is nothing to wait for.
        if (!role.IsSource)
        {
            var tail = context.RequestServices.GetRequiredService<IStreamTail>();
            var isReached =
                demanded is not { } position || await IsAppliedAsync(tail, position, context.RequestAborted);

            // Read before the handler reads anything: what the handler finds may be newer, and is never older.
            var applied = tail.AppliedPosition;
            context.Response.SetPosition(applied);
            if (!isReached)
            {
                await NotReached(demanded!.Value, applied).ExecuteAsync(context);
                return;
            }
        }

        await next(context);
    }

    private async Task<bool> IsAppliedAsync(IStreamTail tail, MessagePosition position, CancellationToken aborted)
    {
        if (tail.AppliedPosition >= position)
        {
            return true;
        }

        using var limit = new CancellationTokenSource(options.Value.MaxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            await tail.WaitUntilAppliedAsync(position, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return false;
        }
    }

    private ProblemHttpResult NotReached(MessagePosition demanded, MessagePosition applied) =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Position not reached",
            detail: string.Create(
                CultureInfo.InvariantCulture,
                $"The request demands {PositionHeaders.MinPosition} {demanded}; this instance has applied {applied}, "
                    + $"and did not get further within "
                    + $"{options.Value.MaxWait.TotalSeconds} s. Try again, or leave the header out to be answered as "
                    + $"of {applied}. "
                    + $"A position that no answer gave in {PositionHeaders.Position} may never be reached."
            ),
            extensions: new Dictionary<string, object?>
            {
                ["demandedPosition"] = demanded.ToString(),
                ["appliedPosition"] = applied.ToString(),
            }
        );
}
