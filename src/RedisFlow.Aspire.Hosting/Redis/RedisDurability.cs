namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// The server settings that the promise "nothing is lost" rests on, in both modes. AOF with an fsync each second: a
/// crash of the server process loses at most what it had not written while an fsync was slow (Redis puts the write off
/// for up to two seconds), a crash of the machine about the last second or two; <c>appendfsync always</c> closes that
/// gap. Never evict: a stream that eviction has emptied looks like one that was never written.
/// </summary>
internal static class RedisDurability
{
    /// <summary>The settings, in the order of <c>redis.conf</c>.</summary>
    public static IReadOnlyList<(string Name, string Value)> Settings { get; } =
    [("appendonly", "yes"), ("appendfsync", "everysec"), ("maxmemory-policy", "noeviction")];
}
