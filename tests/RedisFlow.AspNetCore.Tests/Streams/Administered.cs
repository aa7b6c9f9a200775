using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.AspNetCore.Admin.Streams;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.AspNetCore.Tests.Streams;

/// <summary>
/// A service with the operators' endpoints and a stream of its own with the groups g and h. Unless it consumes, a test
/// reads by hand and so decides what is pending.
/// </summary>
internal sealed class Administered : IAsyncDisposable
{
    public const string Key = "Correct-Horse-Battery-Staple";

    private readonly TestService _service;
    private readonly IDatabase _database;

    private Administered(TestService service, IDatabase database, string stream)
    {
        _service = service;
        _database = database;
        Keys = new StreamKeys(stream);
    }

    public TestService Service => _service;

    public StreamKeys Keys { get; }

    public IStreamPublisher Publisher => _service.Services.GetRequiredService<IStreamPublisher>();

    public Handled Handled => _service.Services.GetRequiredService<Handled>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="redis">Where the stream is.</param>
    /// <param name="own">The service's own group.</param>
    /// <param name="consumes">Whether the service handles the messages of g.</param>
    /// <param name="configure">What else the service has.</param>
    /// <param name="settings">What wins over the settings here.</param>
    public static async Task<Administered> StartAsync(
        RedisFixture redis,
        string? own = "g",
        bool consumes = false,
        Action<WebApplicationBuilder>? configure = null,
        params (string Key, string? Value)[] settings
    )
    {
        var stream = $"test:{Guid.NewGuid():N}";
        (string, string?)[] all =
        [
            ("Admin:Key", Key),
            ("Admin:RequestsPerMinute", "100000"),
            ("ConnectionStrings:redis", redis.Server.ConnectionString),
            ("Streams:Name", stream),
            ("Streams:InstanceId", "a"),
            ("Streams:Groups:0", "g"),
            ("Streams:Groups:1", "h"),
            ("Streams:Retention", "00:00:00"),
            ("Streams:MaxDeliveries", "1"),
            .. settings,
        ];
        var service = await TestService.StartAsync(
            app =>
            {
                app.MapDefaultOpenApi();
                app.MapStreamAdminApi(own);
            },
            builder =>
            {
                builder.AddRedis();
                builder.AddDefaultOpenApi();
                builder.Services.AddSingleton<Handled>();
                var streams = builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files);
                if (consumes)
                {
                    streams.AddStreamConsumer("g").HandleEveryMessage<Recording>();
                }

                configure?.Invoke(builder);
            },
            all
        );
        service.Client.DefaultRequestHeaders.Add("X-Admin-Key", Key);
        var administered = new Administered(service, redis.Database, stream);
        var monitor = service.Services.GetRequiredService<IStreamMonitor>();
        await Eventually.Until(
            () => monitor.GetSnapshotAsync(Stop),
            snapshot => snapshot.Groups.Count(group => group.Exists) == 2,
            cancellationToken: Stop
        );
        return administered;
    }

    public Task<JsonElement> GetAsync(string path) => OkAsync(HttpMethod.Get, path, null);

    public Task<JsonElement> PostAsync(string path, object? body = null) =>
        OkAsync(HttpMethod.Post, path, body is null ? null : JsonSerializer.Serialize(body));

    /// <summary>Sends, and checks that the answer is a complete problem.</summary>
    public Task<JsonElement> ProblemAsync(HttpMethod method, string path, int status, string? json = null) =>
        _service.ProblemAsync(method, Full(path), status, json);

    /// <summary>The 400 for this field.</summary>
    public async Task<string> ErrorAsync(HttpMethod method, string path, string field, string? json = null)
    {
        var problem = await ProblemAsync(method, path, 400, json);
        return Assert.Single(problem.GetProperty("errors").GetProperty(field).EnumerateArray()).GetString()!;
    }

    public static string Full(string path) => $"/api/admin/streams/{path}";

    /// <summary>Adds entries with the ids 1-1, 1-2…, each an envelope of company 1, 2….</summary>
    public async Task FillAsync(int count, int first = 1)
    {
        for (var i = first; i < first + count; i++)
        {
            await _database.ExecuteAsync("XADD", (RedisKey)Keys.Stream, $"1-{i}", "data", "x");
        }
    }

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

    public Task SetIdleAsync(string id, TimeSpan idle, string group = "g", string consumer = "c") =>
        _database.ExecuteAsync(
            "XCLAIM",
            (RedisKey)Keys.Stream,
            group,
            consumer,
            0,
            id,
            "IDLE",
            (long)idle.TotalMilliseconds,
            "JUSTID"
        );

    /// <summary>Writes a dead letter as the engine does, at the position 1-{number}.</summary>
    public Task AddLetterAsync(int number, string group, byte[] data, string reason = DeadLetterReason.HandlerFailed) =>
        _database.ExecuteAsync(
            "XADD",
            (RedisKey)Keys.Dead,
            $"1-{number}",
            "group",
            group,
            "reason",
            reason,
            "error",
            "no",
            "attempts",
            5,
            "position",
            $"2-{number}",
            "consumer",
            "c",
            "data",
            data
        );

    public async Task<long> LengthAsync() => (long)await _database.ExecuteAsync("XLEN", (RedisKey)Keys.Stream);

    public static Publication Renamed(int id) =>
        new(
            new CompanyUpdated { CompanyId = id, Name = $"company {id}" },
            $"company/{id}",
            $"Company {id} was renamed."
        );

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task<JsonElement> OkAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, Full(path));
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await _service.Client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }
}

/// <summary>What the service's consumer handled, and whether it fails.</summary>
internal sealed class Handled
{
    private volatile bool _fails;

    public ConcurrentQueue<StreamDelivery> All { get; } = new();

    public bool Fails
    {
        get => _fails;
        set => _fails = value;
    }
}

/// <summary>The handler of the service's consumer.</summary>
internal sealed class Recording(Handled handled) : IStreamMessageHandler
{
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        if (handled.Fails)
        {
            throw new InvalidOperationException("not yet");
        }

        handled.All.Enqueue(delivery);
        return Task.CompletedTask;
    }
}

/// <summary>Goes through pages.</summary>
internal static class Pages
{
    /// <summary>The positions of all dead letters, page by page.</summary>
    public static async Task<string[]> WalkAsync(
        this Administered service,
        string path,
        Func<int, Task>? betweenPages = null
    )
    {
        List<string> seen = [];
        var after = "";
        for (var pages = 1; ; pages++)
        {
            var page = await service.GetAsync(path + after);
            seen.AddRange(
                page.GetProperty("letters")
                    .EnumerateArray()
                    .Select(letter => letter.GetProperty("position").GetString()!)
            );
            if (page.GetProperty("next").GetString() is not { } next)
            {
                return [.. seen];
            }

            after = $"&after={next}";
            await (betweenPages?.Invoke(pages) ?? Task.CompletedTask);
        }
    }
}
