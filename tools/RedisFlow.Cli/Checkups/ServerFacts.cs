using StackExchange.Redis;

namespace RedisFlow.Cli.Checkups;

/// <summary>What the server says about itself. What it does not tell, e.g. since the user may not ask or the host took the command away, is not there.</summary>
internal sealed class ServerFacts
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly string[] Asked = ["appendonly", "appendfsync", "maxmemory", "maxmemory-policy"];

    /// <param name="settings">Settings by name.</param>
    /// <param name="info">The lines of INFO by name.</param>
    /// <param name="serverTime">The server's clock.</param>
    /// <param name="localTime">This machine's clock at the same moment.</param>
    /// <param name="roundTrip">How long the question took: the clocks are compared with half of it as the uncertainty.</param>
    public ServerFacts(
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyDictionary<string, string> info,
        DateTimeOffset serverTime,
        DateTimeOffset localTime,
        TimeSpan roundTrip)
    {
        Settings = settings;
        Info = info;
        ServerTime = serverTime;
        LocalTime = localTime;
        RoundTrip = roundTrip;
    }

    public IReadOnlyDictionary<string, string> Settings { get; }

    public IReadOnlyDictionary<string, string> Info { get; }

    /// <summary>Whether it is a replica.</summary>
    public bool IsReplica => Info.GetValueOrDefault("role") == "slave";

    public DateTimeOffset ServerTime { get; }

    public DateTimeOffset LocalTime { get; }

    public TimeSpan RoundTrip { get; }

    /// <summary>Asks the server.</summary>
    public static async Task<ServerFacts> ReadAsync(IDatabase database, CancellationToken stop)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Asked)
        {
            if (await AskAsync(database, "CONFIG", ["GET", name], stop) is { } reply && (RedisResult[]?)reply is { Length: >= 2 } pair)
            {
                settings[name] = (string?)pair[1] ?? "";
            }
        }

        var info = Parse((string?)await AskAsync(database, "INFO", [], stop) ?? "");
        var before = TimeProvider.System.GetUtcNow();
        var clock = TimeProvider.System.GetTimestamp();
        var time = (RedisResult[])(await database.ExecuteAsync("TIME").WaitAsync(Limit, stop))!;
        var roundTrip = TimeProvider.System.GetElapsedTime(clock);
        var serverTime = DateTimeOffset.FromUnixTimeMilliseconds(((long)time[0] * 1000) + ((long)time[1] / 1000));
        return new ServerFacts(settings, info, serverTime, before + (roundTrip / 2), roundTrip);
    }

    /// <summary>The reply; <c>null</c> if the server refuses.</summary>
    private static async Task<RedisResult?> AskAsync(IDatabase database, string command, object[] arguments, CancellationToken stop)
    {
        try
        {
            return await database.ExecuteAsync(command, arguments).WaitAsync(Limit, stop);
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

    private static Dictionary<string, string> Parse(string info)
    {
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
