using System.Globalization;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Reporting;

/// <summary>What figures of a run depend on.</summary>
internal static class Machine
{
    /// <summary>Processors and load average (1 minute), as far as the system says.</summary>
    public static string Load()
    {
        const string path = "/proc/loadavg";
        var load = File.Exists(path) ? File.ReadAllText(path).Split(' ')[0] : "unknown";
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, load {load}");
    }

    /// <summary>The server's version.</summary>
    public static async Task<string> VersionAsync(RedisServer redis)
    {
        using var connection = await redis.ConnectAsync(admin: true);
        const string field = "redis_version:";
        var info = (string?)await connection.GetDatabase().ExecuteAsync("INFO", "server") ?? "";
        return Array.Find(info.Split("\r\n"), line => line.StartsWith(field, StringComparison.Ordinal))?[field.Length..]
            ?? "of unknown version";
    }
}
