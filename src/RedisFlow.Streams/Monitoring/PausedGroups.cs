using System.Globalization;

namespace RedisFlow.Streams.Monitoring;

/// <summary>Reads the hash of paused groups; its form is said at <see cref="StreamKeys.Paused"/>.</summary>
internal static class PausedGroups
{
    /// <summary>
    /// A value of the hash. One that was written by hand and has no time counts as paused for ever: the field alone
    /// pauses.
    /// </summary>
    public static GroupPause Parse(string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        return
            space > 0
            && long.TryParse(value.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var since)
            && since <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? new GroupPause(value[(space + 1)..], DateTimeOffset.FromUnixTimeMilliseconds(since))
            : new GroupPause(value, DateTimeOffset.UnixEpoch);
    }
}
