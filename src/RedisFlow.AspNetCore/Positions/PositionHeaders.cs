using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Positions;

/// <summary>
/// Stream positions over HTTP. A caller that sends the <see cref="Position"/> of one answer as the
/// <see cref="MinPosition"/> of the next request reads his own writes, and never reads backwards, at whichever service
/// and instance.
/// </summary>
public static class PositionHeaders
{
    /// <summary>
    /// The header of answers: to a write, the position of the change's message; to a cached read, the position that the
    /// instance had applied when it began to serve the request. <c>milliseconds-sequence</c>, see
    /// <see cref="MessagePosition"/>.
    /// </summary>
    public const string Position = "RedisFlow-Position";

    /// <summary>The header of requests: the answer must not be older than this position.</summary>
    public const string MinPosition = "RedisFlow-Min-Position";

    private const string Example = $"{MinPosition}: 1795234011241-0";

    /// <summary>Puts the position of a write's message into <see cref="Position"/>.</summary>
    public static void SetPosition(this HttpResponse response, MessagePosition position)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers[Position] = position.ToString();
    }

    /// <summary>Reads <see cref="MinPosition"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="demanded">The position; <c>null</c> if the request demands none.</param>
    /// <param name="errors">What is wrong with the header, if it is wrong.</param>
    /// <returns>Whether the header is absent or right.</returns>
    internal static bool TryReadMinPosition(
        HttpRequest request,
        out MessagePosition? demanded,
        [NotNullWhen(false)] out RequestErrors? errors
    )
    {
        (demanded, errors) = (null, null);
        var values = request.Headers[MinPosition];
        if (values.Count == 0)
        {
            return true;
        }

        // Whole positions only: one that lost its sequence would demand less than its sender means.
        if (
            values is [{ } value]
            && value.Contains('-', StringComparison.Ordinal)
            && MessagePosition.TryParse(value, out var position)
        )
        {
            demanded = position;
            return true;
        }

        var text = values.ToString();
        errors = new RequestErrors();
        errors.Add(
            MinPosition,
            values.Count > 1
                ? $"Send one position, the latest that you know; these are {values.Count}. Example: {Example}"
                : $"'{RequestErrors.Excerpt(text)}' is not a position; send one that an answer "
                    + $"gave in {Position}. Example: {Example}"
        );
        return false;
    }
}
