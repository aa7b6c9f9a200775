using System.Globalization;
using System.Text.RegularExpressions;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>Checks of what operators send.</summary>
internal static partial class StreamChecks
{
    /// <summary>The most entries of a page, and the most letters of a redrive.</summary>
    public const int MaxLimit = 1000;

    /// <summary>The entries of a page whose request does not say how many.</summary>
    public const int DefaultLimit = 100;

    /// <summary>How much of a wrong value its problem repeats.</summary>
    private const int Shown = 64;

    private static readonly string[] Reasons =
    [
        DeadLetterReason.NoData,
        DeadLetterReason.Undecodable,
        DeadLetterReason.UnknownType,
        DeadLetterReason.NewerSchema,
        DeadLetterReason.HandlerFailed,
    ];

    /// <summary>Checks the size of a page.</summary>
    public static int Limit(this RequestErrors errors, int? limit, int otherwise = DefaultLimit) =>
        errors.InRange("limit", limit, 1, MaxLimit, otherwise);

    /// <summary>Reads a position; <c>null</c> if it is missing or wrong.</summary>
    public static MessagePosition? Position(this RequestErrors errors, string field, string? text)
    {
        if (text is null)
        {
            return null;
        }

        // Whole positions only: one that lost its sequence would mean another message.
        if (text.Contains('-', StringComparison.Ordinal) && MessagePosition.TryParse(text, out var position))
        {
            return position;
        }

        errors.Add(
            field,
            $"'{Short(text)}' is no position; give milliseconds-sequence as answers do, e.g. 1795234011241-0."
        );
        return null;
    }

    /// <summary>Reads where the page before ended.</summary>
    public static MessagePosition? After(this RequestErrors errors, string? text)
    {
        var position = errors.Position("after", text);
        if (position is { Milliseconds: ulong.MaxValue, Sequence: ulong.MaxValue })
        {
            // Redis refuses a range that begins there.
            errors.Add(
                "after",
                $"{position} is the last position that there can be, and nothing can come after it; give the next of "
                    + "a page."
            );
        }

        return position;
    }

    /// <summary>Reads a time; <c>null</c> if it is missing or wrong.</summary>
    public static DateTimeOffset? Time(this RequestErrors errors, string field, string? text)
    {
        if (text is null)
        {
            return null;
        }

        // With its offset: without one it would mean another moment on each machine.
        if (
            !Iso8601().IsMatch(text)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
        {
            errors.Add(
                field,
                $"'{Short(text)}' is no time; give date, time and offset as in ISO 8601, e.g. 2030-01-31T12:00:00Z or "
                    + "2030-01-31T13:00:00+01:00."
            );
            return null;
        }

        if (time < DateTimeOffset.UnixEpoch)
        {
            errors.Add(field, "Give a time from 1970-01-01T00:00:00Z on; positions begin there.");
            return null;
        }

        return time;
    }

    /// <summary>Checks the reason of dead letters.</summary>
    public static void DeadLetterReasonOrNone(this RequestErrors errors, string? reason)
    {
        if (reason is not null && !Reasons.Contains(reason))
        {
            errors.Add("reason", $"'{Short(reason)}' is not a reason; give one of {string.Join(", ", Reasons)}.");
        }
    }

    /// <summary>Checks the reason of a pause.</summary>
    public static string PauseReason(this RequestErrors errors, string? reason)
    {
        const int MaxLength = 500;
        if (reason?.Any(char.IsControl) == true)
        {
            errors.Add(
                "reason",
                "Leave out control characters such as line breaks: logs and the command line show the reason in one "
                    + "line."
            );
        }

        return errors.Text("reason", reason, MaxLength);
    }

    /// <summary>As much of a text as a problem may repeat.</summary>
    public static string Short(string text) => text.Length > Shown ? $"{text[..Shown]}…" : text;

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Iso8601();
}
