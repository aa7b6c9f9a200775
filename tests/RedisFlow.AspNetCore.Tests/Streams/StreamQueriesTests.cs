using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.AspNetCore.Tests.Streams;

public sealed class StreamQueriesTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task The_state_of_the_services_own_group_and_of_another_one_by_name()
    {
        await using var service = await Administered.StartAsync(redis);
        await service.FillAsync(5);
        await service.ReadAsync(2, consumer: "one");
        await service.ReadAsync(1, consumer: "two");
        await service.AckAsync("g", "1-1");

        var own = await service.GetAsync("consumer-group");
        Assert.Equal(("g", service.Keys.StreamName), (Text(own, "group"), Text(own, "stream")));
        Assert.Equal((2, 2), (Number(own, "lag"), Number(own, "pending")));
        Assert.Equal(("1-3", "1-1", 3), (Text(own, "lastDelivered"), Text(own, "settled"), Number(own, "entriesRead")));
        Assert.True(own.GetProperty("isDeclared").GetBoolean() && own.GetProperty("exists").GetBoolean());
        Assert.Equal(1, Number(own, "oldestPendingDeliveries"));
        Assert.Equal((0, "{}"), (Number(own, "parked"), own.GetProperty("parkedFor").GetRawText()));
        Assert.InRange(own.GetProperty("oldestPendingIdleMs").GetDouble(), 0, 600_000);
        Assert.True(own.GetProperty("oldestPendingAgeMs").GetDouble() > 1e12, "the id says 1970");
        Assert.Equal(JsonValueKind.Null, own.GetProperty("paused").ValueKind);
        Assert.Equal(
            [("one", 1), ("two", 1)],
            own.GetProperty("consumers").EnumerateArray().Select(c => (Text(c, "name"), Number(c, "pending"))).Order()
        );

        var other = await service.GetAsync("consumer-group?group=h");
        Assert.Equal(
            ("h", 5, 0, "0-0"),
            (Text(other, "group"), Number(other, "lag"), Number(other, "pending"), Text(other, "lastDelivered"))
        );
        Assert.Equal(JsonValueKind.Null, other.GetProperty("oldestPendingIdleMs").ValueKind);

        var count = await service.GetAsync("pending-count");
        Assert.Equal(("g", 2), (Text(count, "group"), Number(count, "pending")));
        Assert.Equal(
            [("one", 1), ("two", 1)],
            count.GetProperty("consumers").EnumerateObject().Select(c => (c.Name, c.Value.GetInt64())).Order()
        );
        Assert.Equal(0, Number(await service.GetAsync("pending-count?group=h"), "pending"));
    }

    [Fact]
    public async Task How_much_there_is_in_the_stream()
    {
        await using var service = await Administered.StartAsync(redis);
        var empty = await service.GetAsync("stream-length");
        Assert.Equal(
            (0, "0-0", JsonValueKind.Null),
            (Number(empty, "length"), Text(empty, "lastPosition"), empty.GetProperty("firstPosition").ValueKind)
        );

        await service.FillAsync(7);
        await service.AddLetterAsync(1, "g", [1]);
        await service.Publisher.PublishAtAsync(
            Administered.Renamed(1),
            DateTimeOffset.UtcNow.AddDays(1),
            TestContext.Current.CancellationToken
        );

        var length = await service.GetAsync("stream-length");
        Assert.Equal(
            (7, 7, 1, 1),
            (
                Number(length, "length"),
                Number(length, "entriesAdded"),
                Number(length, "deadLetters"),
                Number(length, "delayed")
            )
        );
        Assert.Equal(("1-1", "1-7"), (Text(length, "firstPosition"), Text(length, "lastPosition")));
        Assert.True(Number(length, "memoryBytes") > 0);
    }

    [Fact]
    public async Task A_service_without_a_group_asks_for_one_and_names_those_that_there_are()
    {
        await using var service = await Administered.StartAsync(redis, own: null);
        await service.FillAsync(1);

        foreach (var (method, path, body) in OfGroups(withGroupOrAll: false))
        {
            var error = await service.ErrorAsync(method, path, "group", body);
            Assert.Contains("?group=", error, StringComparison.Ordinal);
            Assert.Contains("g, h", error, StringComparison.Ordinal);
            await service.Service.SendAsync(method, Administered.Full($"{path}?group=h"), body);
        }

        Assert.Equal("h", Text(await service.GetAsync("consumer-group?group=h"), "group"));
        Assert.Equal(JsonValueKind.Null, (await service.GetAsync("dead-letters")).GetProperty("group").ValueKind);
    }

    [Fact]
    public async Task An_unknown_group_is_not_found_and_an_empty_name_is_no_group()
    {
        await using var service = await Administered.StartAsync(redis);

        foreach (var (method, path, body) in OfGroups(withGroupOrAll: true))
        {
            var problem = await service.ProblemAsync(method, $"{path}?group=missing", 404, body);
            Assert.Contains("no group 'missing'", Text(problem, "detail"), StringComparison.Ordinal);
            Assert.Contains("g, h", Text(problem, "detail"), StringComparison.Ordinal);
            Assert.Equal(
                ["g", "h"],
                problem.GetProperty("knownGroups").EnumerateArray().Select(name => name.GetString())
            );

            // What a script sends whose variable was never set must not hit the service's own group.
            Assert.Contains(
                "empty",
                await service.ErrorAsync(method, $"{path}?group=", "group", body),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task A_group_that_is_declared_and_does_not_exist_has_a_state_and_nothing_else()
    {
        await using var service = await Administered.StartAsync(redis);
        await redis.Database.ExecuteAsync("XGROUP", "DESTROY", service.Keys.Stream, "g");

        Assert.False((await service.GetAsync("consumer-group")).GetProperty("exists").GetBoolean());
        var problem = await service.ProblemAsync(HttpMethod.Get, "pending", 404);
        Assert.Contains("'g' yet: it is declared", Text(problem, "detail"), StringComparison.Ordinal);
        await service.ProblemAsync(HttpMethod.Post, "claim-stale/1000", 404);
        await service.ProblemAsync(HttpMethod.Post, "replay", 404, """{"fromPosition": "0-0"}""");
    }

    [Fact]
    public async Task Pages_of_the_pending_list_are_complete_while_messages_are_settled_and_delivered()
    {
        await using var service = await Administered.StartAsync(redis);
        await service.FillAsync(25);
        await service.ReadAsync(20);

        var seen = new List<string>();
        var after = "";
        var pages = 0;
        while (true)
        {
            var page = await service.GetAsync($"pending?limit=4{after}");
            seen.AddRange(page.GetProperty("messages").EnumerateArray().Select(message => Text(message, "position")));
            if (page.GetProperty("next").GetString() is not { } next)
            {
                break;
            }

            after = $"&after={next}";
            if (++pages == 2)
            {
                // What was seen, the last of the page included, is settled; so is one that was not seen; and more is
                // delivered.
                await service.AckAsync("g", "1-1", next, "1-15");
                await service.ReadAsync(5);
            }
        }

        Assert.Equal(Enumerable.Range(1, 25).Where(i => i != 15).Select(i => $"1-{i}"), seen);
    }

    [Fact]
    public async Task The_pending_list_says_who_holds_what_for_how_long_and_can_be_narrowed()
    {
        await using var service = await Administered.StartAsync(redis);
        await service.FillAsync(3);
        await service.ReadAsync(2, consumer: "one");
        await service.ReadAsync(1, consumer: "two");
        await service.SetIdleAsync("1-2", TimeSpan.FromHours(2), consumer: "one");

        var all = (await service.GetAsync("pending")).GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal(
            [("1-1", "one"), ("1-2", "one"), ("1-3", "two")],
            all.Select(m => (Text(m, "position"), Text(m, "consumer")))
        );
        Assert.InRange(all[1].GetProperty("idleMs").GetDouble(), 7_200_000, 8_000_000);
        Assert.Equal(1, Number(all[0], "deliveries"));

        Assert.Equal(["1-3"], await PositionsAsync("pending?consumer=two"));
        Assert.Equal(["1-2"], await PositionsAsync("pending?minIdleMs=3600000"));
        Assert.Equal(["1-2", "1-3"], await PositionsAsync("pending?after=1-1&limit=1000"));
        Assert.Empty(await PositionsAsync("pending?group=h"));

        async Task<string[]> PositionsAsync(string path) =>
            [
                .. (await service.GetAsync(path))
                    .GetProperty("messages")
                    .EnumerateArray()
                    .Select(message => Text(message, "position")),
            ];
    }

    [Fact]
    public async Task Dead_letters_of_a_known_type_show_their_payload_and_others_their_bytes_and_why()
    {
        await using var service = await Administered.StartAsync(redis);
        var known = Envelope(new CompanyUpdated { CompanyId = 9_007_199_254_740_993, Name = "Grün & Söhne" });
        var unknown = Envelope(new CompanyUpdated());
        unknown.Payload.TypeUrl = "type.googleapis.com/test.Unheard";
        var newer = Envelope(new CompanyUpdated());
        newer.SchemaVersion = 99;
        var broken = Envelope(new CompanyUpdated());
        broken.Payload.Value = ByteString.CopyFrom(0xff, 0xff);
        await service.AddLetterAsync(1, "g", known.ToByteArray());
        await service.AddLetterAsync(2, "g", unknown.ToByteArray(), DeadLetterReason.UnknownType);
        await service.AddLetterAsync(3, "g", newer.ToByteArray(), DeadLetterReason.NewerSchema);
        await service.AddLetterAsync(4, "g", broken.ToByteArray(), DeadLetterReason.Undecodable);
        await service.AddLetterAsync(5, "g", [0xff, 0xfe], DeadLetterReason.Undecodable);
        await service.AddLetterAsync(6, "g", [], DeadLetterReason.NoData);

        var letters = (await service.GetAsync("dead-letters")).GetProperty("letters").EnumerateArray().ToArray();

        Assert.Equal(Enumerable.Range(1, 6).Select(i => $"1-{i}"), letters.Select(letter => Text(letter, "position")));
        var first = letters[0];
        Assert.Equal(
            ("g", "handler-failed", "no", 5),
            (Text(first, "group"), Text(first, "reason"), Text(first, "error"), Number(first, "attempts"))
        );
        Assert.Equal(
            ("2-1", "c", "company/1"),
            (Text(first, "originalPosition"), Text(first, "consumer"), Text(first, "subject"))
        );
        Assert.Equal((known.MessageId, "organization"), (Text(first, "messageId"), Text(first, "source")));
        Assert.Equal("redisflow.v1.CompanyUpdated", Text(first, "type"));
        Assert.Equal(
            ("9007199254740993", "Grün & Söhne"),
            (Text(first.GetProperty("payload"), "companyId"), Text(first.GetProperty("payload"), "name"))
        );
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (first.GetProperty("undecoded").ValueKind, first.GetProperty("data").ValueKind)
        );

        Assert.All(
            letters.Skip(1),
            letter => Assert.Equal(JsonValueKind.Null, letter.GetProperty("payload").ValueKind)
        );
        Assert.Equal(
            [unknown.ToByteArray(), newer.ToByteArray(), broken.ToByteArray(), [0xff, 0xfe], []],
            letters.Skip(1).Select(letter => letter.GetProperty("data").GetBytesFromBase64())
        );
        string[] whys =
        [
            "'test.Unheard' is not known",
            "version 99 is newer",
            "cannot be shown as redisflow.v1.CompanyUpdated",
            "no envelope",
            "no envelope",
        ];
        Assert.All(
            letters.Skip(1).Zip(whys),
            pair => Assert.Contains(pair.Second, Text(pair.First, "undecoded"), StringComparison.Ordinal)
        );
        Assert.Equal("test.Unheard", Text(letters[1], "type"));
    }

    [Fact]
    public async Task Pages_of_dead_letters_are_complete_by_group_and_reason_while_letters_come_and_go()
    {
        await using var service = await Administered.StartAsync(redis);
        var data = Envelope(new CompanyUpdated { CompanyId = 1 }).ToByteArray();
        for (var i = 1; i <= 60; i++)
        {
            await service.AddLetterAsync(
                i,
                i % 3 == 0 ? "h" : "g",
                data,
                i % 2 == 0 ? DeadLetterReason.UnknownType : DeadLetterReason.HandlerFailed
            );
        }

        Assert.Equal(Letters(i => i % 3 != 0), await service.WalkAsync("dead-letters?limit=7"));
        Assert.Equal(Letters(i => i % 3 == 0), await service.WalkAsync("dead-letters?group=h&limit=1"));
        Assert.Equal(
            Letters(i => i % 3 != 0 && i % 2 == 0),
            await service.WalkAsync("dead-letters?limit=3&reason=unknown-type")
        );
        Assert.Equal(Letters(_ => true), await service.WalkAsync("dead-letters?group=*&limit=16"));
        Assert.Equal(Letters(_ => true), await service.WalkAsync("dead-letters?group=*&limit=1000"));

        // Between two pages the one that the first ended with, and one to come, are redriven, and one is added.
        string[] taken = ["1-10", "1-40"];
        var walked = await service.WalkAsync(
            "dead-letters?group=*&limit=10",
            async pages =>
            {
                if (pages == 1)
                {
                    await service.PostAsync("dead-letters/redrive", new { positions = taken });
                    await service.AddLetterAsync(61, "g", data);
                }
            }
        );
        Assert.Equal([.. Letters(i => i != 40), "1-61"], walked);

        static string[] Letters(Func<int, bool> wanted) =>
            [
                .. Enumerable
                    .Range(1, 60)
                    .Where(wanted)
                    .Select(i => string.Create(CultureInfo.InvariantCulture, $"1-{i}")),
            ];
    }

    [Fact]
    public async Task Large_dead_letters_make_small_pages_and_all_of_them_come()
    {
        await using var service = await Administered.StartAsync(redis);
        var data = Envelope(new CompanyUpdated { Name = new string('x', 200_000) }).ToByteArray();
        for (var i = 1; i <= 40; i++)
        {
            await service.AddLetterAsync(i, "g", data);
        }

        var first = await service.GetAsync("dead-letters?limit=1000");

        Assert.InRange(first.GetProperty("letters").GetArrayLength(), 6, 16);
        Assert.Equal(Enumerable.Range(1, 40).Select(i => $"1-{i}"), await service.WalkAsync("dead-letters?limit=1000"));
    }

    [Theory]
    [InlineData("pending?limit=0", "limit", "from 1 to 1000")]
    [InlineData("pending?limit=1001", "limit", "from 1 to 1000")]
    [InlineData("pending?limit=-1", "limit", "from 1 to 1000")]
    [InlineData("pending?limit=99999999999", "limit", "whole number")]
    [InlineData("pending?limit=ten", "limit", "whole number")]
    [InlineData("pending?minIdleMs=-1", "minIdleMs", "from 0 to 86400000")]
    [InlineData("pending?minIdleMs=86400001", "minIdleMs", "from 0 to 86400000")]
    [InlineData("pending?after=5", "after", "milliseconds-sequence")]
    [InlineData("pending?after=-", "after", "milliseconds-sequence")]
    [InlineData("pending?after=1-99999999999999999999", "after", "milliseconds-sequence")]
    [InlineData("pending?after=18446744073709551615-18446744073709551615", "after", "nothing can come after")]
    [InlineData("dead-letters?after=18446744073709551615-18446744073709551615", "after", "nothing can come after")]
    [InlineData("pending?after=", "after", "milliseconds-sequence")]
    [InlineData("dead-letters?limit=0", "limit", "from 1 to 1000")]
    [InlineData("dead-letters?limit=1001", "limit", "from 1 to 1000")]
    [InlineData("dead-letters?after=(1-1", "after", "milliseconds-sequence")]
    [InlineData(
        "dead-letters?reason=bad",
        "reason",
        "no-data, undecodable, unknown-type, newer-schema, handler-failed"
    )]
    public async Task What_is_out_of_range_is_refused_by_name(string path, string field, string said)
    {
        await using var service = await Administered.StartAsync(redis);

        Assert.Contains(said, await service.ErrorAsync(HttpMethod.Get, path, field), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pending?limit=1")]
    [InlineData("pending?limit=1000&minIdleMs=86400000&after=18446744073709551615-18446744073709551614")]
    [InlineData("dead-letters?limit=1000&after=0-0")]
    public async Task The_bounds_themselves_are_in_range(string path)
    {
        await using var service = await Administered.StartAsync(redis);

        Assert.Equal(JsonValueKind.Null, (await service.GetAsync(path)).GetProperty("next").ValueKind);
    }

    /// <summary>The requests that speak of a group.</summary>
    private static IEnumerable<(HttpMethod Method, string Path, string? Body)> OfGroups(bool withGroupOrAll)
    {
        yield return (HttpMethod.Get, "consumer-group", null);
        yield return (HttpMethod.Get, "pending-count", null);
        yield return (HttpMethod.Get, "pending", null);
        yield return (HttpMethod.Post, "claim-stale/1000", null);
        yield return (HttpMethod.Post, "pause", """{"reason": "a test"}""");
        yield return (HttpMethod.Post, "resume", null);
        yield return (HttpMethod.Post, "replay", """{"fromPosition": "0-0"}""");
        if (withGroupOrAll)
        {
            yield return (HttpMethod.Get, "dead-letters", null);
            yield return (HttpMethod.Post, "dead-letters/redrive", """{"all": true}""");
        }
    }

    private static StreamMessage Envelope(IMessage payload) =>
        new()
        {
            MessageId = Guid.NewGuid().ToString(),
            Subject = "company/1",
            SourceApplication = "organization",
            SchemaVersion = 1,
            Payload = Any.Pack(payload),
        };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
