using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// A stream with an application that only publishes and administers; its groups are read by hand, so that a test
/// decides what is pending.
/// </summary>
internal sealed class Operations : IAsyncDisposable
{
    private readonly IDatabase _database;

    private Operations(TestHost host, IDatabase database, string stream)
    {
        Host = host;
        _database = database;
        Keys = new StreamKeys(stream);
    }

    public TestHost Host { get; }

    public StreamKeys Keys { get; }

    public IStreamAdministration Admin => Host.Services.GetRequiredService<IStreamAdministration>();

    /// <summary>Starts the application and waits for its groups.</summary>
    public static async Task<Operations> StartAsync(
        RedisFixture redis,
        string[]? groups = null,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null
    )
    {
        var stream = TestHost.NewStream();
        groups ??= ["g"];
        settings = new(settings ?? []);
        for (var i = 0; i < groups.Length; i++)
        {
            settings[$"Streams:Groups:{i}"] = groups[i];
        }

        settings.TryAdd("Streams:Retention", "00:00:00");
        var host = await TestHost.StartAsync(
            TestHost.Build(redis.Server, stream, "operator", settings: settings, services: services)
        );
        var operations = new Operations(host, redis.Database, stream);
        await Eventually.Until(
            operations.SnapshotAsync,
            s => s.Groups.Count(g => g.Exists) == groups.Length,
            cancellationToken: TestContext.Current.CancellationToken
        );
        return operations;
    }

    public Task<StreamSnapshot> SnapshotAsync() => Host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken);

    public async Task<GroupSnapshot> GroupAsync(string group = "g") =>
        (await SnapshotAsync()).Groups.Single(g => g.Name == group);

    /// <summary>
    /// Adds entries with ids of this form: <c>{milliseconds}-1</c>, <c>-2</c>…; quickly, since the server counts them.
    /// </summary>
    public Task FillAsync(int count, string milliseconds = "1", int first = 1) =>
        _database.ExecuteAsync(
            "EVAL",
            "for i = ARGV[1], ARGV[1] + ARGV[2] - 1 do redis.call('XADD', KEYS[1], ARGV[3] .. '-' .. "
                + "string.format('%.0f', i), 'data', 'x') end",
            1,
            (RedisKey)Keys.Stream,
            first,
            count,
            milliseconds
        );

    public Task AddAsync(string id) => _database.ExecuteAsync("XADD", (RedisKey)Keys.Stream, id, "data", "x");

    /// <summary>Gives entries to a consumer.</summary>
    public Task ReadAsync(int count, string group = "g", string consumer = "c") =>
        _database.ExecuteAsync(
            "XREADGROUP",
            "GROUP",
            group,
            consumer,
            "COUNT",
            count,
            "STREAMS",
            (RedisKey)Keys.Stream,
            ">"
        );

    public Task AckAsync(string group, params string[] ids) =>
        _database.ExecuteAsync("XACK", [(RedisKey)Keys.Stream, group, .. ids]);

    /// <summary>Gives entries to a consumer and settles them.</summary>
    public Task SettleAsync(int count, string group = "g") =>
        _database.ExecuteAsync(
            "EVAL",
            """
            local left = tonumber(ARGV[2])
            while left > 0 do
              local count = math.min(left, 1000)
              local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], 'c', 'COUNT', count, 'STREAMS', KEYS[1], '>')
              local ids = {}
              for i, entry in ipairs(read[1][2]) do ids[i] = entry[1] end
              redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
              left = left - #ids
            end
            """,
            1,
            (RedisKey)Keys.Stream,
            group,
            count
        );

    public async Task<string[]> IdsAsync()
    {
        var entries = (RedisResult[])(await _database.ExecuteAsync("XRANGE", (RedisKey)Keys.Stream, "-", "+"))!;
        return [.. entries.Select(entry => (string)((RedisResult[])entry!)[0]!)];
    }

    public async Task<long> LengthAsync() => (long)await _database.ExecuteAsync("XLEN", (RedisKey)Keys.Stream);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    public static string[] Ids(string milliseconds, int first, int count) =>
        [
            .. Enumerable
                .Range(first, count)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"{milliseconds}-{i}")),
        ];
}
