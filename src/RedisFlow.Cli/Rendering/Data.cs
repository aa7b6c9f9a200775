using System.Globalization;
using System.Text;
using RedisFlow.Cli.CommandLine;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>
/// Shows data, which anybody may have written: neither markup nor control characters in it do anything to the screen.
/// </summary>
internal static class Data
{
    /// <summary>The text as markup that shows exactly it.</summary>
    public static string Text(string text) => Markup.Escape(Visible(text));

    /// <summary>The text with what would act on a terminal replaced.</summary>
    public static string Visible(string text)
    {
        if (!text.Any(IsActive))
        {
            return text;
        }

        var visible = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = IsActive(character)
                ? visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
                : visible.Append(character);
        }

        return visible.ToString();
    }

    public static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown";

    public static string Rate(double? perSecond) =>
        perSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:#,0.#}/s") : "";

    public static string Time(TimeSpan? time) => time is { } value ? Duration.Text(value) : "";

    public static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // Control characters, and those that turn the direction of writing.
    private static bool IsActive(char character) =>
        char.IsControl(character) || character is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
