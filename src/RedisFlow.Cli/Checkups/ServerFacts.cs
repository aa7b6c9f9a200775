using StackExchange.Redis;

namespace RedisFlow.Cli.Checkups;

/// <summary>
/// What the server says about itself. What it does not tell, e.g. since the user may not ask or the host took the
/// command away, is not there.
/// </summary>
internal sealed class ServerFacts
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly string[] Asked = ["appendonly", "appendfsync", "maxmemory", "maxmemory-policy"];

    /// <param name="settings">Settings by name.</param>
    /// <param name="info">The lines of INFO by name.</param>
    /// <param name="serverTime">The server's clock.</param>
    /// <param name="localTime">This machine's clock at the same moment.</param>
    /// <param name="roundTrip">How long the question took: the clocks are compared with half of it as the
    /// uncertainty.</param>
    /// <param name="name">Its address.</param>
    /// <param name="cluster">The lines of CLUSTER INFO by name; <c>null</c> where there is no cluster.</param>
    public ServerFacts(
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyDictionary<string, string> info,
        DateTimeOffset serverTime,
        DateTimeOffset localTime,
        TimeSpan roundTrip,
        string name = "",
        IReadOnlyDictionary<string, string>? cluster = null
    )
    {
        Settings = settings;
        Info = info;
        ServerTime = serverTime;
        LocalTime = localTime;
        RoundTrip = roundTrip;
        Name = name;
        Cluster = cluster;
    }

    public string Name { get; }

    public IReadOnlyDictionary<string, string>? Cluster { get; }

    public IReadOnlyDictionary<string, string> Settings { get; }

    public IReadOnlyDictionary<string, string> Info { get; }

    /// <summary>Whether it is a replica.</summary>
    public bool IsReplica => Info.GetValueOrDefault("role") == "slave";

    public DateTimeOffset ServerTime { get; }

    public DateTimeOffset LocalTime { get; }

    public TimeSpan RoundTrip { get; }

    /// <summary>Asks this server, and no other one.</summary>
    public static async Task<ServerFacts> ReadAsync(IServer server, CancellationToken stop)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Asked)
        {
            if (
                await AskAsync(server, "CONFIG", ["GET", name], stop) is { } reply
                && (RedisResult[]?)reply is { Length: >= 2 } pair
            )
            {
                settings[name] = (string?)pair[1] ?? "";
            }
        }

        var info = Parse(await AskAsync(server, "INFO", [], stop));
        var cluster =
            info.GetValueOrDefault("cluster_enabled") == "1"
            && await AskAsync(server, "CLUSTER", ["INFO"], stop) is { } told
                ? Parse(told)
                : null;
        var before = TimeProvider.System.GetUtcNow();
        var clock = TimeProvider.System.GetTimestamp();
        var time = (RedisResult[])(await server.ExecuteAsync("TIME").WaitAsync(Limit, stop))!;
        var roundTrip = TimeProvider.System.GetElapsedTime(clock);
        var serverTime = DateTimeOffset.FromUnixTimeMilliseconds(((long)time[0] * 1000) + ((long)time[1] / 1000));
        return new ServerFacts(
            settings,
            info,
            serverTime,
            before + (roundTrip / 2),
            roundTrip,
            server.EndPoint.ToString() ?? "",
            cluster
        );
    }

    /// <summary>The reply; <c>null</c> if the server refuses.</summary>
    private static async Task<RedisResult?> AskAsync(
        IServer server,
        string command,
        object[] arguments,
        CancellationToken stop
    )
    {
        try
        {
            return await server.ExecuteAsync(command, arguments).WaitAsync(Limit, stop);
        }
        catch (RedisServerException)
        {
            return null;
        }
        catch (RedisCommandException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Parse(RedisResult? reply)
    {
        // With RESP3 a text comes with its format before it.
        var info = reply?.ToString(out _) ?? "";
        var lines = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in info.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.Split(':', 2) is [var name, var value])
            {
                lines[name] = value;
            }
        }

        return lines;
    }
}
