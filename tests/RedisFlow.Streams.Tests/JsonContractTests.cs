using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// The JSON of the engine's results: what HTTP answers and the command line writes, by reflection or by generated code.
/// </summary>
public sealed partial class JsonContractTests
{
    private static readonly StreamSnapshot Snapshot = new(
        "orders",
        3,
        new MessagePosition(18446744073709551615, 18446744073709551615),
        1,
        [
            new GroupSnapshot(
                "orders",
                "billing",
                null,
                1,
                TimeSpan.FromMilliseconds(1500),
                new MessagePosition(1, 2),
                default,
                [
                    new ConsumerSnapshot("b-1", 1, TimeSpan.FromDays(1)) { Inactive = TimeSpan.Zero },
                    new ConsumerSnapshot("b-2", 0, TimeSpan.FromMilliseconds(0.5)) { Rival = "b-3" },
                ]
            )
            {
                IsDeclared = true,
                Paused = new GroupPause("repair", DateTimeOffset.UnixEpoch),
                ParkedFor = new Dictionary<string, long> { ["shop.v2.Order"] = 2 },
            },
        ]
    );

    private const string SnapshotJson = """
        {"stream":"orders","length":3,"lastPosition":"18446744073709551615-18446744073709551615","deadLetters":1,
        "groups":[{"stream":"orders","group":"billing","lag":null,"pending":1,"oldestPendingAgeMs":1500,
        "lastDelivered":"1-2","settled":"0-0","consumers":[
        {"name":"b-1","pending":1,"idleMs":86400000,"inactiveMs":0,"rival":null},
        {"name":"b-2","pending":0,"idleMs":0.5,"inactiveMs":null,"rival":"b-3"}],
        "isDeclared":true,"exists":false,"paused":{"reason":"repair","since":"1970-01-01T00:00:00+00:00"},
        "entriesRead":null,"oldestPendingIdleMs":null,"oldestPendingDeliveries":0,"parked":0,
        "parkedFor":{"shop.v2.Order":2}}],
        "firstPosition":null,"entriesAdded":0,"memoryBytes":null,"delayed":0}
        """;

    public static TheoryData<object, string> Results =>
        new()
        {
            { Snapshot, SnapshotJson.ReplaceLineEndings("") },
            {
                new PendingMessage("g", new MessagePosition(1, 2), "c", TimeSpan.FromSeconds(1), 3),
                """{"group":"g","position":"1-2","consumer":"c","idleMs":1000,"deliveries":3}"""
            },
            {
                new TrimResult("s", 4, new TrimHold(TrimHoldReason.NotDelivered, "g", new MessagePosition(1, 4))),
                """{"stream":"s","removed":4,"hold":{"reason":"NotDelivered","group":"g","position":"1-4"}}"""
            },
            {
                new RedriveResult("s", [new RedrivenLetter(default, new MessagePosition(1, 0))], [], [default]),
                """
                    {"stream":"s","redriven":[{"letter":"0-0","message":"1-0"}],"notFound":[],"withoutData":["0-0"],
                    "count":1}
                    """.ReplaceLineEndings("")
            },
            {
                new ReplayResult("s", "g", default, 5, new MessagePosition(1, 1)),
                """{"stream":"s","group":"g","from":"0-0","entries":5,"oldestKept":"1-1"}"""
            },
            {
                new ClaimResult("s", "g", TimeSpan.FromMinutes(1), 2),
                """{"stream":"s","group":"g","minIdleMs":60000,"released":2}"""
            },
            {
                new RetiredGroup("s", "g", 1, null) { Parked = 2 },
                """{"stream":"s","group":"g","pending":1,"undelivered":null,"parked":2}"""
            },
            {
                Letter(
                    new StreamMessage
                    {
                        MessageId = "m",
                        Subject = "s/1",
                        SourceApplication = "shop",
                        Content = "It was.",
                        Payload = Any.Pack(new SourceContext { FileName = "a" }),
                        CreatedAt = new Timestamp(),
                        Producer = "shop/1",
                        EntityVersion = 2,
                        SchemaVersion = 1,
                        Headers = { ["k"] = "v" },
                    }
                ),
                """
                    {"group":"g","reason":"handler-failed","error":"boom","attempts":5,"originalPosition":"1-7",
                    "consumer":"c","position":"1000-1","at":"1970-01-01T00:00:01+00:00","messageId":"m",
                    "subject":"s/1","source":"shop","content":"It was.","type":"google.protobuf.SourceContext",
                    "payload":{"fileName":"a"},
                    "undecoded":null,"payloadBytes":3,"bytes":2,"data":null,"createdAt":"1970-01-01T00:00:00+00:00",
                    "producer":"shop/1","targetApplication":"","tenant":"","entityVersion":2,"schemaVersion":1,
                    "traceparent":"","headers":{"k":"v"}}
                    """.ReplaceLineEndings("")
            },
            {
                Letter(envelope: null),
                """
                    {"group":"g","reason":"handler-failed","error":"boom","attempts":5,"originalPosition":"1-7",
                    "consumer":"c","position":"1000-1","at":"1970-01-01T00:00:01+00:00","messageId":null,
                    "subject":null,"source":null,"content":null,"type":null,"payload":null,
                    "undecoded":"The data is no envelope that this build can read.","payloadBytes":0,"bytes":2,
                    "data":"AQI=","createdAt":null,"producer":null,"targetApplication":null,"tenant":null,
                    "entityVersion":null,"schemaVersion":null,"traceparent":null,"headers":null}
                    """.ReplaceLineEndings("")
            },
        };

    [Theory]
    [MemberData(nameof(Results))]
    public void A_result_has_the_same_json_with_reflection_and_with_generated_code(object result, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        Assert.Equal(json, JsonSerializer.Serialize(result, result.GetType(), Generated.Default));
    }

    [Fact]
    public void What_was_written_can_be_read()
    {
        var read = JsonSerializer.Deserialize(SnapshotJson, Generated.Default.StreamSnapshot);

        Assert.Equal(SnapshotJson.ReplaceLineEndings(""), JsonSerializer.Serialize(read, JsonSerializerOptions.Web));
        Assert.Equal(TimeSpan.FromMilliseconds(0.5), read!.Groups[0].Consumers[1].Idle);
        Assert.Equal(Snapshot.LastPosition, read.LastPosition);
    }

    [Theory]
    [InlineData("""{"letter":"x","message":"1-0"}""")]
    [InlineData("""{"letter":1,"message":"1-0"}""")]
    [InlineData("""{"letter":null,"message":"1-0"}""")]
    public void What_is_no_position_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RedrivenLetter>(json, JsonSerializerOptions.Web));

    private static DecodedDeadLetter Letter(StreamMessage? envelope) =>
        new(
            new DeadLetterEntry(
                new MessagePosition(1000, 1),
                "g",
                DeadLetterReason.HandlerFailed,
                "boom",
                5,
                new MessagePosition(1, 7),
                "c",
                envelope,
                new byte[] { 1, 2 }
            ),
            JsonFormatter.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(SourceContext.Descriptor)),
            maxDepth: 10
        );

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(StreamSnapshot))]
    [JsonSerializable(typeof(PendingMessage))]
    [JsonSerializable(typeof(TrimResult))]
    [JsonSerializable(typeof(RedriveResult))]
    [JsonSerializable(typeof(ReplayResult))]
    [JsonSerializable(typeof(ClaimResult))]
    [JsonSerializable(typeof(RetiredGroup))]
    [JsonSerializable(typeof(DecodedDeadLetter))]
    private sealed partial class Generated : JsonSerializerContext;
}
