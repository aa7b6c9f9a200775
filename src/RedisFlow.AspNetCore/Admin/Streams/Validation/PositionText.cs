using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Validation;

/// <summary>Positions as operators write them.</summary>
internal static class PositionText
{
    /// <summary>Reads a position; whole ones only: one that lost its sequence would mean another message.</summary>
    public static bool TryRead(string? text, out MessagePosition position)
    {
        position = default;
        return text?.Contains('-', StringComparison.Ordinal) == true && MessagePosition.TryParse(text, out position);
    }

    /// <summary>Reads a position that was validated.</summary>
    /// <exception cref="FormatException">It was not validated; without it other messages would be meant.</exception>
    public static MessagePosition Read(string? text) =>
        TryRead(text, out var position) ? position : throw new FormatException(Error(text));

    /// <summary>Reads a position that was validated, if there is one.</summary>
    /// <inheritdoc cref="Read"/>
    public static MessagePosition? ReadOptional(string? text) => text is null ? null : Read(text);

    /// <summary>What is wrong with a text; <c>null</c> if it is a position.</summary>
    public static string? Error(string? text) =>
        TryRead(text, out _)
            ? null
            : $"'{RequestErrors.Excerpt(text ?? "")}' is no position; give milliseconds-sequence as answers do, "
                + "e.g. 1795234011241-0.";
}
