using System.Globalization;

namespace RedisFlow.Cli.CommandLine;

/// <summary>
/// Times as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>, or <c>00:00:30</c>.
/// </summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Parses a time of 0 or more; at most 100 years.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        foreach (var (unit, length) in Units)
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var count
                )
                && count * length.TotalDays <= 36_500
            )
            {
                time = count * length;
                return true;
            }
        }

        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time)
            && time >= TimeSpan.Zero;
    }

    /// <summary>
    /// A time for people, in at most two units: <c>850ms</c>, <c>12s</c>, <c>3m 5s</c>, <c>2h 10m</c>, <c>4d 1h</c>.
    /// </summary>
    public static string Text(TimeSpan time) =>
        time switch
        {
            { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms"),
            { TotalMinutes: < 1 } => string.Create(
                CultureInfo.InvariantCulture,
                $"{Math.Floor(time.TotalSeconds * 10) / 10:0.#}s"
            ),
            { TotalHours: < 1 } => Two(time.Minutes, "m", time.Seconds, "s"),
            { TotalDays: < 1 } => Two(time.Hours, "h", time.Minutes, "m"),
            _ => Two(time.Days, "d", time.Hours, "h"),
        };

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}")
            : string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit} {small}{smallUnit}");
}
