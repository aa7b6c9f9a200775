using StackExchange.Redis;

namespace RedisFlow.Testing;

/// <summary>
/// What an application's connection string names: one server, a cluster, or a primary that Sentinels watch.
/// </summary>
public abstract class RedisDeployment : IAsyncDisposable
{
    /// <summary>Gets the connection string, in the form that StackExchange.Redis reads.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>
    /// Gets <see cref="ConnectionString"/> with administrative commands: for what a test does to the server.
    /// </summary>
    public string AdminConnectionString => $"{ConnectionString},allowAdmin=true";

    /// <summary>Connects; while nothing runs, the connection is made later.</summary>
    /// <param name="admin">Whether administrative commands are allowed.</param>
    public Task<ConnectionMultiplexer> ConnectAsync(bool admin = false) =>
        ConnectionMultiplexer.ConnectAsync(Options(admin));

    /// <summary>Connects as <see cref="ConnectAsync"/> does, for a factory that cannot wait asynchronously.</summary>
    /// <param name="admin">Whether administrative commands are allowed.</param>
    public ConnectionMultiplexer Connect(bool admin = false) => ConnectionMultiplexer.Connect(Options(admin));

    /// <summary>Ends every server and removes its data.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>
    /// Starts several servers at the same time. Those that have started are in the list even if another one did not.
    /// </summary>
    private protected static async Task StartEachAsync(
        int count,
        Func<Task<RedisServer>> start,
        List<RedisServer> started
    ) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, count)
                .Select(async _ =>
                {
                    var server = await start();
                    lock (started)
                    {
                        started.Add(server);
                    }
                })
        );

    private string Options(bool admin) => admin ? AdminConnectionString : ConnectionString;
}
