using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Caching;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

// Uses the engine and the cache as native code. Argument: Redis's connection string. Writes a line for what is wrong,
// and ends with 1 then.
var name = Guid.NewGuid().ToString("N");
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "aot" });
builder.Configuration.AddInMemoryCollection(
    new Dictionary<string, string?>
    {
        ["ConnectionStrings:redis"] = args[0],
        ["Streams:Name"] = name,
        ["Streams:Groups:0"] = "g",
        ["Caching:Service"] = name,
        ["Caching:RedisTimeout"] = "00:00:30",
        ["Caching:Policies:short:KeyPrefix"] = "short",
        ["Caching:Policies:short:Expiration"] = "00:00:07",
    }
);
builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(args[0]));
builder.Services.AddSingleton<Heard>();
builder
    .AddRedisStreams("redis")
    .AddStreamConsumer("g")
    .Handle<CompanyUpdated, Listener>()
    .AddHybridCache()
    .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"));
builder.Services.AddCacheJsonContext(BasketJson.Default);
using var host = builder.Build();
await host.StartAsync();

var failed = false;
var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;
var cache = host.Services.GetRequiredService<HybridCache>();
var streams = host.Services.GetRequiredService<StreamHybridCache>();
var publisher = host.Services.GetRequiredService<IStreamPublisher>();
var heard = host.Services.GetRequiredService<Heard>();

Check(
    host.Services.GetRequiredService<IOptions<CachingOptions>>().Value.Policies["short"].Expiration
        == TimeSpan.FromSeconds(7),
    "settings are bound"
);

// Before the tail has started nothing is cached.
await streams.WaitUntilAppliedAsync(
    await publisher.PublishAsync(new Publication(new CompanyUpdated { CompanyId = 1 }, "company/1", "Renamed."), limit),
    limit
);
Check((await heard.Company.Task.WaitAsync(limit)).CompanyId == 1, "a handler gets its event");

var first = await ReadAsync("basket", () => new Basket { Lines = { "a" } });
var second = await ReadAsync("basket", () => new Basket());
first.Lines.Add("b");
Check(second.Lines is ["a"], "a mutable value is cached, and every reader has a copy");
Check(
    await ReadAsync("marked", () => new Marked("a")) == await ReadAsync("marked", () => new Marked("b")),
    "a value of a marked type is shared"
);

await ReadAsync("company:2", () => new CompanyUpdated { CompanyId = 2, Name = "n" });
var inRedis = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache };
while (
    await cache.GetOrCreateAsync(
        "company:2",
        _ => ValueTask.FromResult<CompanyUpdated?>(null),
        new HybridCacheEntryOptions { Flags = inRedis.Flags | HybridCacheEntryFlags.DisableUnderlyingData },
        cancellationToken: limit
    )
        is null
)
{
    // Callers do not wait for the write to Redis.
    await Task.Delay(20, limit);
}

Check((await ReadAsync("company:2", () => new CompanyUpdated(), inRedis)).Name == "n", "a message is read from Redis");
await streams.WaitUntilAppliedAsync(
    await publisher.PublishAsync(new Publication(new CompanyUpdated { CompanyId = 2 }, "company/2", "Renamed."), limit),
    limit
);
Check(
    (await ReadAsync("company:2", () => new CompanyUpdated { Name = "new" })).Name == "new",
    "an event drops what it makes stale"
);
Check(
    (await ReadAsync("unknown", () => new Unknown { Number = 1 })).Number == 1,
    "a value that nothing says how to write is returned"
);
Check(
    (await ReadAsync("unknown", () => new Unknown { Number = 2 })).Number == 2,
    "a value that nothing says how to write is not cached"
);

var state = await host.Services.GetRequiredService<IStreamMonitor>().GetSnapshotAsync(limit);
var json = JsonSerializer.Serialize(state, StateJson.Default.StreamSnapshot);
Check(
    json.Contains($"\"lastPosition\":\"{state.LastPosition}\"", StringComparison.Ordinal)
        && JsonSerializer.Deserialize(json, StateJson.Default.StreamSnapshot)!.LastPosition == state.LastPosition,
    "the state is written as JSON and read from it"
);

var envelope = new StreamMessage { Payload = Any.Pack(new CompanyUpdated { CompanyId = 1 }) };
var letter = new DecodedDeadLetter(
    new DeadLetterEntry(default, "g", "", "", 1, null, "c", envelope, envelope.ToByteArray()),
    JsonFormatter.Settings.Default.WithTypeRegistry(host.Services.GetRequiredService<TypeRegistry>()),
    maxDepth: 10
);
Check(
    JsonSerializer
        .Serialize(letter, StateJson.Default.DecodedDeadLetter)
        .Contains("\"payload\":{\"companyId\":\"1\"}", StringComparison.Ordinal),
    "a dead letter is written as JSON"
);

await host.StopAsync();
Console.WriteLine(failed ? "failed" : "well");
return failed ? 1 : 0;

async Task<T> ReadAsync<T>(string key, Func<T> load, HybridCacheEntryOptions? options = null) =>
    await cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(load()), options, cancellationToken: limit);

void Check(bool isSo, string what)
{
    if (!isSo)
    {
        failed = true;
        Console.WriteLine($"Not so: {what}.");
    }
}

internal sealed class Heard
{
    public TaskCompletionSource<CompanyUpdated> Company { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal sealed class Listener(Heard heard) : IStreamHandler<CompanyUpdated>
{
    public Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
    {
        heard.Company.TrySetResult(delivery.Event);
        return Task.CompletedTask;
    }
}

internal sealed class Basket
{
    public List<string> Lines { get; init; } = [];
}

[System.ComponentModel.ImmutableObject(true)]
internal sealed class Marked(string name)
{
    public string Name { get; } = name;
}

internal sealed class Unknown
{
    public int Number { get; set; }
}

[JsonSerializable(typeof(Basket))]
[JsonSerializable(typeof(Marked))]
internal sealed partial class BasketJson : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StreamSnapshot))]
[JsonSerializable(typeof(DecodedDeadLetter))]
internal sealed partial class StateJson : JsonSerializerContext;
