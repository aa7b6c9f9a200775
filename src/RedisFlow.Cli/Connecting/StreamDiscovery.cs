using System.Diagnostics;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Rendering;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.Connecting;

/// <summary>Finds the streams of a server by the keys of their declared groups.</summary>
internal static class StreamDiscovery
{
    private const string Advice = $"Say which with --stream <name> or the variable {ToolSettings.StreamVariable}.";
    private const int PageSize = 1000;

    // It looks at every key: a server with so many that it takes longer is not to be searched.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // E.g. {orders}:groups.
    private static readonly string Prefix = new StreamKeys("*").Groups.Split('*')[0];
    private static readonly string Suffix = new StreamKeys("*").Groups.Split('*')[1];

    /// <summary>Returns the name of the only stream that is there.</summary>
    /// <exception cref="UsageException">There is no stream, or there are several; the message lists them.</exception>
    public static async Task<string> OnlyAsync(ConnectionMultiplexer connection, string servers, CancellationToken stop)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        bool complete;
        try
        {
            complete = await FindAsync(connection, found, stop);
        }
        catch (RedisServerException exception)
        {
            throw new UsageException(
                $"Which stream? Redis at {servers} does not let it be looked for: {exception.Message} {Advice}",
                exception
            );
        }

        var names = string.Join(", ", found.Select(Data.Visible));
        return (complete, found.Count) switch
        {
            (true, 1) => found.Min!,
            (true, 0) => throw new UsageException($"Which stream? Redis at {servers} has none yet. {Advice}"),
            (true, _) => throw new UsageException($"Which stream? Redis at {servers} has {names}. {Advice}"),
            (false, 0) => throw new UsageException(
                $"Which stream? Redis at {servers} could not be searched to its end. {Advice}"
            ),
            (false, _) => throw new UsageException(
                $"Which stream? Redis at {servers} has {names}, and could not be searched to its end. {Advice}"
            ),
        };
    }

    /// <returns>Whether every key was looked at.</returns>
    private static async Task<bool> FindAsync(
        ConnectionMultiplexer connection,
        SortedSet<string> found,
        CancellationToken stop
    )
    {
        var clock = Stopwatch.StartNew();
        var servers = connection.GetServers();
        var connected = servers.Where(server => server.IsConnected).ToArray();
        var masters = connected.Where(server => !server.IsReplica).ToArray();

        // A node of a cluster that is away may hold another stream.
        var all =
            !servers.Any(server => server.ServerType == ServerType.Cluster)
            || servers.All(server => server.IsConnected || server.IsReplica);
        foreach (var server in masters.Length > 0 ? masters : connected)
        {
            var cursor = "0";
            do
            {
                if (clock.Elapsed > Limit)
                {
                    return false;
                }

                var page = await ScanAsync(server, connection.GetDatabase().Database, cursor).WaitAsync(stop);
                cursor = (string)page[0]!;
                found.UnionWith(((string[])page[1]!).Select(key => key[Prefix.Length..^Suffix.Length]));
            } while (cursor != "0");
        }

        return all;
    }

    private static async Task<RedisResult[]> ScanAsync(IServer server, int database, string cursor) =>
        (RedisResult[])
            (
                await server.ExecuteAsync(
                    database,
                    "SCAN",
                    [cursor, "MATCH", $"{Prefix}*{Suffix}", "COUNT", PageSize, "TYPE", "hash"]
                )
            )!;
}
