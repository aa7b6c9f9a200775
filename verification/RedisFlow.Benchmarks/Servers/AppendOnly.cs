namespace RedisFlow.Benchmarks.Servers;

/// <summary>What the server does for durability.</summary>
internal enum AppendOnly
{
    /// <summary>No append-only file.</summary>
    Off,

    /// <summary>Written at once, on disk about once a second.</summary>
    EverySec,

    /// <summary>On disk before a client has its answer.</summary>
    Always,
}

/// <summary>The server's settings for each <see cref="AppendOnly"/>.</summary>
internal static class AppendOnlyExtensions
{
    /// <summary>The name as in redis.conf.</summary>
    public static string Label(this AppendOnly mode) =>
        mode switch
        {
            AppendOnly.Off => "off",
            AppendOnly.EverySec => "everysec",
            _ => "always",
        };

    /// <summary>
    /// Arguments of <c>redis-server</c>. Without rewrites of the file, which would fork in the middle of some
    /// measurements and not of others.
    /// </summary>
    public static string[] Settings(this AppendOnly mode) =>
        mode == AppendOnly.Off
            ? ["--appendonly", "no"]
            : ["--appendonly", "yes", "--appendfsync", mode.Label(), "--auto-aof-rewrite-percentage", "0"];
}
