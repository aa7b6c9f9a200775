using System.Globalization;

namespace RedisFlow.Testing;

/// <summary>A primary, its replica, and three Sentinels that watch them, on free ports of 127.0.0.1.</summary>
public sealed class RedisSentinels : RedisDeployment
{
    private const string Service = "primary";
    private const int Quorum = 2;

    private readonly List<RedisServer> _sentinels = [];

    private RedisSentinels(RedisServer primary, RedisServer replica) => (Primary, Replica) = (primary, replica);

    /// <summary>Gets the server that was the primary at first.</summary>
    public RedisServer Primary { get; }

    /// <summary>Gets the server that was the replica at first.</summary>
    public RedisServer Replica { get; }

    /// <summary>Gets the Sentinels.</summary>
    public IReadOnlyList<RedisServer> Sentinels => _sentinels;

    /// <inheritdoc/>
    public override string ConnectionString =>
        string.Join(',', _sentinels.Select(sentinel => sentinel.EndPoint))
        + $",serviceName={Service},abortConnect=false,connectTimeout=2000";

    /// <summary>
    /// Starts the servers and waits until the Sentinels know each other and the replica, and the replica is in sync.
    /// </summary>
    /// <param name="downAfter">How long the primary may be silent before it counts as down; one second by
    /// default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RedisSentinels> StartAsync(
        TimeSpan? downAfter = null,
        CancellationToken cancellationToken = default
    )
    {
        var (primary, replica) = await RedisPair.StartServersAsync(cancellationToken);
        var sentinels = new RedisSentinels(primary, replica);
        try
        {
            var configuration = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                sentinel monitor {Service} 127.0.0.1 {primary.Port} {Quorum}
                sentinel down-after-milliseconds {Service} {(int)
                    (downAfter ?? TimeSpan.FromSeconds(1)).TotalMilliseconds}
                sentinel failover-timeout {Service} 5000

                """
            );
            await StartEachAsync(
                Quorum + 1,
                () => RedisServer.StartSentinelAsync(configuration, cancellationToken),
                sentinels._sentinels
            );
            foreach (var sentinel in sentinels._sentinels)
            {
                await Eventually.Until(
                    () => sentinel.AskAsync(["SENTINEL", "MASTER", Service], cancellationToken),
                    state => Field(state, "num-other-sentinels") == "2" && Field(state, "num-slaves") == "1",
                    cancellationToken: cancellationToken
                );
            }

            return sentinels;
        }
        catch
        {
            await sentinels.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every Sentinel names a server as the primary, and that server takes writes.</summary>
    public async Task UntilPrimaryIsAsync(RedisServer server, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        foreach (var sentinel in _sentinels.Where(sentinel => sentinel.IsRunning))
        {
            await Eventually.Until(
                () => sentinel.AskAsync(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", Service], cancellationToken),
                address => address[1] == server.Port.ToString(CultureInfo.InvariantCulture),
                cancellationToken: cancellationToken
            );
        }

        await Eventually.Until(
            () => server.AskAsync(["ROLE"], cancellationToken),
            role => role[0] == "master",
            cancellationToken: cancellationToken
        );
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var server in _sentinels.Append(Replica).Append(Primary))
        {
            await server.DisposeAsync();
        }
    }

    // Names and values, in turns.
    private static string? Field(string[] state, string name) =>
        Array.IndexOf(state, name) is >= 0 and var index ? state[index + 1] : null;
}
