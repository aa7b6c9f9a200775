using RedisFlow.Benchmarks.Scenarios;

namespace RedisFlow.Benchmarks.Servers;

/// <summary>Which server is measured.</summary>
internal static class ServerVersion
{
    /// <summary>The version, as the server says.</summary>
    public static async Task<string> ReadAsync(ScenarioContext context)
    {
        using var client = await context.ConnectAsync("version");
        var info = ((string?)await client.ExecuteAsync("INFO", "server"))!;
        return info.Split('\n')
            .First(line => line.StartsWith("redis_version:", StringComparison.Ordinal))
            .Split(':')[1]
            .Trim();
    }
}
