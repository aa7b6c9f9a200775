using System.Globalization;

namespace RedisFlow.Docs.Tests.Reference;

/// <summary>Values of settings as the pages write them: <c>30 s</c>, <c>1,048,576</c>.</summary>
internal static class SettingText
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("min", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>Writes a value.</summary>
    public static string Of(object? value) =>
        value switch
        {
            null => "none",
            int or long => ((IFormattable)value).ToString("N0", CultureInfo.InvariantCulture),
            TimeSpan time => Of(time),
            bool flag => flag ? "true" : "false",
            _ => value.ToString()!,
        };

    /// <summary>Reads what <see cref="Of(object?)"/> has written.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static object Parse(string text, Type type)
    {
        if (type == typeof(int))
        {
            return int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        }

        var parts = text.Split(' ');
        return parts switch
        {
            ["0"] => TimeSpan.Zero,
            [var number, var unit] when Array.Exists(Units, known => known.Unit == unit) => Units
                .Single(known => known.Unit == unit)
                .Length * int.Parse(number, NumberStyles.AllowThousands, CultureInfo.InvariantCulture),
            _ => throw new FormatException($"'{text}' is no time, e.g. '30 s'."),
        };
    }

    private static string Of(TimeSpan time)
    {
        var (unit, length) = Array.Find(Units, known => time >= known.Length && time.Ticks % known.Length.Ticks == 0);
        return unit is null ? "0" : string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / length.Ticks} {unit}");
    }
}
