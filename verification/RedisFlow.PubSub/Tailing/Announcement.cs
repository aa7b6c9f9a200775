using System.Text;
using RedisFlow.Streams;
using RedisFlow.Streams.Redis;

namespace RedisFlow.PubSub.Tailing;

/// <summary>
/// What a channel carries for each entry: its position, a bar, and the bytes of its field <c>data</c>; see
/// <c>Scripts/announce.lua</c>.
/// </summary>
internal static class Announcement
{
    /// <summary>The stream's channel.</summary>
    public static string Channel(StreamKeys keys) => $"{{{keys.StreamName}}}:channel";

    /// <summary>Reads the entry.</summary>
    /// <exception cref="FormatException">This is no announcement: what it meant is unknown.</exception>
    public static RawEntry Read(byte[] announcement)
    {
        var bar = announcement.AsSpan().IndexOf((byte)'|');
        return bar >= 0 && MessagePosition.TryParse(Encoding.ASCII.GetString(announcement, 0, bar), out var position)
            ? new RawEntry(position, announcement[(bar + 1)..], IsLost: false)
            : throw new FormatException("The channel carries a message that is not an announcement.");
    }
}
