using System.Globalization;
using System.Text.RegularExpressions;
using RedisFlow.AspNetCore.Problems;

namespace RedisFlow.AspNetCore.Admin.Streams.Validation;

/// <summary>Times as operators write them.</summary>
internal static partial class TimeText
{
    /// <summary>Reads a time with its offset: without one it would mean another moment on each machine.</summary>
    public static bool TryRead(string text, out DateTimeOffset time)
    {
        time = default;
        return Iso8601().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    /// <summary>What is wrong with a text; <c>null</c> if it is a time from which positions are made.</summary>
    public static string? Error(string text)
    {
        if (!TryRead(text, out var time))
        {
            return $"'{RequestErrors.Excerpt(text)}' is no time; give date, time and offset as in ISO 8601, e.g. "
                + "2030-01-31T12:00:00Z or 2030-01-31T13:00:00+01:00.";
        }

        return time < DateTimeOffset.UnixEpoch
            ? "Give a time from 1970-01-01T00:00:00Z on; positions begin there."
            : null;
    }

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Iso8601();
}
