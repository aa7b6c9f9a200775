using System.Globalization;

namespace RedisFlow.Streams.EntityFrameworkCore.Settings;

/// <summary>Durations as PostgreSQL's settings have them.</summary>
internal static class Milliseconds
{
    public static string Text(TimeSpan duration) =>
        ((long)duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
