using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Validation;

/// <summary>Positions as operators write them.</summary>
internal static class PositionText
{
    /// <summary>How much of a wrong value its problem repeats.</summary>
    private const int Shown = 64;

    /// <summary>Reads a position; whole ones only: one that lost its sequence would mean another message.</summary>
    public static bool TryRead(string? text, out MessagePosition position)
    {
        position = default;
        return text?.Contains('-', StringComparison.Ordinal) == true && MessagePosition.TryParse(text, out position);
    }

    /// <summary>Reads a position that was validated; <c>null</c> without one.</summary>
    /// <exception cref="FormatException">It was not validated; without it other messages would be meant.</exception>
    public static MessagePosition? Read(string? text) =>
        text is null ? null
        : TryRead(text, out var position) ? position
        : throw new FormatException(Error(text));

    /// <summary>What is wrong with a text; <c>null</c> if it is a position.</summary>
    public static string? Error(string? text) =>
        TryRead(text, out _)
            ? null
            : $"'{Short(text ?? "")}' is no position; give milliseconds-sequence as answers do, e.g. 1795234011241-0.";

    /// <summary>As much of a text as a problem may repeat.</summary>
    public static string Short(string text) => text.Length > Shown ? $"{text[..Shown]}…" : text;
}
