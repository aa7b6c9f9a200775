using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RedisFlow.AspNetCore.OpenApi;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Positions;

/// <summary>Which endpoints take part in positions, and how. See <see cref="PositionHeaders"/>.</summary>
public static class PositionEndpoints
{
    private const string Demand =
        "A RedisFlow-Position of an earlier answer, of any service: the answer is not older than that.";

    /// <summary>
    /// For endpoints that answer from the cache: their answers carry <see cref="PositionHeaders.Position"/>, and a
    /// request that demands a position waits for <see cref="IStreamTail"/>, for at most
    /// <see cref="PositionOptions.MaxWait"/>, before anything is read.
    /// </summary>
    public static TBuilder WithPositionsOfCache<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints
            .WithMetadata(new PositionRole(IsSource: false))
            .WithRequestHeader(
                PositionHeaders.MinPosition,
                $"{Demand} Answered with 503 where this instance does not get there in time."
            )
            .WithResponseHeader(
                PositionHeaders.Position,
                "The position that this instance had applied when it began to serve the request: the answer is not "
                    + "older."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>
    /// For endpoints that answer from the state which the messages are about: a demanded position is checked for its
    /// form, and never waited for.
    /// </summary>
    public static TBuilder WithPositionsOfSource<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints
            .WithMetadata(new PositionRole(IsSource: true))
            .WithRequestHeader(PositionHeaders.MinPosition, $"{Demand} Always so here, where the data comes from.")
            .ProducesValidationProblem();

    /// <summary>Says in the OpenAPI document that successful answers carry the position of the change.</summary>
    public static TBuilder AnswersPosition<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithResponseHeader(
            PositionHeaders.Position,
            "The position of the change's message in the stream: caches that have applied it show the change."
        );
}

/// <summary>What an endpoint does about positions.</summary>
/// <param name="IsSource">Whether it answers from the state that the messages are about; else from a cache.</param>
internal sealed record PositionRole(bool IsSource);
