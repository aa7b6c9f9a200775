using System.Globalization;
using System.Text.Json;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.AspNetCore.Tests.Streams;

public sealed class StreamCommandsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_idle_for_long_enough_can_be_taken_over()
    {
        await using var service = await Administered.StartAsync(redis);
        await service.FillAsync(3);
        await service.ReadAsync(3);
        await service.SetIdleAsync("1-1", TimeSpan.FromMinutes(10));
        await service.SetIdleAsync("1-3", TimeSpan.FromMinutes(20));

        var first = await service.PostAsync("claim-stale/900000");
        Assert.Equal(("g", 900_000, 1), (Text(first, "group"), Number(first, "minIdleMs"), Number(first, "released")));
        Assert.Equal(["1-3"], await BeyondEveryLeaseAsync());
        Assert.Equal(2, Number(await service.PostAsync("claim-stale/300000"), "released"));
        Assert.Equal(["1-1", "1-3"], await BeyondEveryLeaseAsync());
        Assert.Equal(3, Number(await service.PostAsync("claim-stale/0"), "released"));
        Assert.Equal(0, Number(await service.PostAsync("claim-stale/0?group=h"), "released"));

        async Task<string[]> BeyondEveryLeaseAsync() =>
            [
                .. (await service.GetAsync("pending?minIdleMs=86400000"))
                    .GetProperty("messages")
                    .EnumerateArray()
                    .Select(m => Text(m, "position")),
            ];
    }

    [Fact]
    public async Task A_redriven_letter_is_handled_after_all()
    {
        await using var service = await Administered.StartAsync(redis, consumes: true);
        service.Handled.Fails = true;
        await service.Publisher.PublishAsync(Administered.Renamed(7), Stop);
        var letter = Assert.Single(
            (
                await Eventually.Until(
                    () => service.GetAsync("dead-letters"),
                    page => page.GetProperty("letters").GetArrayLength() == 1,
                    cancellationToken: Stop
                )
            )
                .GetProperty("letters")
                .EnumerateArray()
        );
        Assert.Equal(
            ("handler-failed", "7"),
            (Text(letter, "reason"), Text(letter.GetProperty("payload"), "companyId"))
        );
        Assert.Contains("not yet", Text(letter, "error"), StringComparison.Ordinal);
        service.Handled.Fails = false;

        var done = await service.PostAsync(
            "dead-letters/redrive",
            new { positions = new[] { Text(letter, "position"), "5-5" } }
        );

        Assert.Equal(1, Number(done, "count"));
        var redriven = Assert.Single(done.GetProperty("redriven").EnumerateArray());
        Assert.Equal(Text(letter, "position"), Text(redriven, "letter"));
        Assert.Equal(["5-5"], done.GetProperty("notFound").EnumerateArray().Select(p => p.GetString()));
        await Eventually.Until(() => !service.Handled.All.IsEmpty, cancellationToken: Stop);
        var handled = Assert.Single(service.Handled.All);
        Assert.Equal(
            (Text(redriven, "message"), 7),
            (handled.Position.ToString(), ((CompanyUpdated)handled.Payload).CompanyId)
        );
        Assert.Equal(0, (await service.GetAsync("dead-letters?group=*")).GetProperty("letters").GetArrayLength());

        // Again: it is gone, and becomes no second message.
        var again = await service.PostAsync(
            "dead-letters/redrive",
            new { positions = new[] { Text(letter, "position") } }
        );
        Assert.Equal((0, 1), (Number(again, "count"), again.GetProperty("notFound").GetArrayLength()));
    }

    [Fact]
    public async Task All_means_those_of_the_group_by_reason_and_up_to_the_limit()
    {
        await using var service = await Administered.StartAsync(redis);
        for (var i = 1; i <= 40; i++)
        {
            await service.AddLetterAsync(
                i,
                i % 4 == 0 ? "h" : "g",
                [1, 2],
                i % 2 == 0 ? DeadLetterReason.Undecodable : DeadLetterReason.HandlerFailed
            );
        }

        Assert.Equal(
            ["1-2", "1-6", "1-10"],
            Redriven(
                await service.PostAsync(
                    "dead-letters/redrive",
                    new
                    {
                        all = true,
                        reason = "undecodable",
                        limit = 3,
                    }
                )
            )
        );
        Assert.Equal(
            ["1-4"],
            Redriven(await service.PostAsync("dead-letters/redrive?group=h", new { all = true, limit = 1 }))
        );
        Assert.Equal(27, Number(await service.PostAsync("dead-letters/redrive", new { all = true }), "count"));
        Assert.Equal(9, Number(await service.PostAsync("dead-letters/redrive?group=*", new { all = true }), "count"));
        Assert.Equal(40, await service.LengthAsync());

        await service.AddLetterAsync(50, "h", []);
        var without = await service.PostAsync("dead-letters/redrive?group=h", new { all = true });
        Assert.Equal(
            (0, "1-50"),
            (Number(without, "count"), Assert.Single(without.GetProperty("withoutData").EnumerateArray()).GetString())
        );

        static IEnumerable<string> Redriven(JsonElement answer) =>
            answer.GetProperty("redriven").EnumerateArray().Select(letter => Text(letter, "letter"));
    }

    [Fact]
    public async Task A_service_without_a_group_redrives_those_of_all()
    {
        await using var service = await Administered.StartAsync(redis, own: null);
        await service.AddLetterAsync(1, "g", [1]);
        await service.AddLetterAsync(2, "h", [1]);

        Assert.Equal(2, Number(await service.PostAsync("dead-letters/redrive", new { all = true }), "count"));
    }

    [Fact]
    public async Task A_paused_group_says_so_and_goes_on_when_it_is_resumed()
    {
        await using var service = await Administered.StartAsync(redis, consumes: true);
        await service.Publisher.PublishAsync(Administered.Renamed(1), Stop);
        await Eventually.Until(() => service.Handled.All.Count == 1, cancellationToken: Stop);

        var paused = await service.PostAsync("pause", new { reason = " the database moves " });
        Assert.Equal(("g", "the database moves"), (Text(paused, "group"), Text(paused, "reason")));
        Assert.InRange(
            paused.GetProperty("since").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddMinutes(-5),
            DateTimeOffset.UtcNow.AddMinutes(5)
        );
        var state = (await service.GetAsync("consumer-group")).GetProperty("paused");
        Assert.Equal(("the database moves", Text(paused, "since")), (Text(state, "reason"), Text(state, "since")));
        Assert.Equal(
            JsonValueKind.Null,
            (await service.GetAsync("consumer-group?group=h")).GetProperty("paused").ValueKind
        );
        var again = await service.PostAsync("pause", new { reason = "longer than thought" });
        Assert.Equal(("longer than thought", Text(paused, "since")), (Text(again, "reason"), Text(again, "since")));

        var resumed = await service.PostAsync("resume");
        Assert.Equal(("g", true), (Text(resumed, "group"), resumed.GetProperty("wasPaused").GetBoolean()));
        Assert.False((await service.PostAsync("resume")).GetProperty("wasPaused").GetBoolean());
        Assert.Equal(JsonValueKind.Null, (await service.GetAsync("consumer-group")).GetProperty("paused").ValueKind);
        await service.Publisher.PublishAsync(Administered.Renamed(2), Stop);
        await Eventually.Until(() => service.Handled.All.Count == 2, cancellationToken: Stop);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_group_is_given_again_everything_from_a_position_or_a_time_on(bool byTime)
    {
        await using var service = await Administered.StartAsync(
            redis,
            consumes: true,
            settings: ("Streams:Retention", "1.00:00:00")
        );
        var published = new List<MessagePosition>();
        while (published.Count < 5)
        {
            published.Add(await service.Publisher.PublishAsync(Administered.Renamed(published.Count + 1), Stop));

            // Each in a millisecond of its own: times tell no more.
            await Eventually.Until(
                () => redis.NowAsync(),
                now => now > published[^1].Milliseconds,
                cancellationToken: Stop
            );
        }

        await SettledAsync(service);
        var from = published[2];

        object request = byTime
            ? new
            {
                fromTime = DateTimeOffset
                    .FromUnixTimeMilliseconds((long)from.Milliseconds)
                    .ToString("O", CultureInfo.InvariantCulture),
            }
            : new { fromPosition = from.ToString() };
        var replay = await service.PostAsync("replay", request);

        Assert.Equal(("g", 3), (Text(replay, "group"), Number(replay, "entries")));
        Assert.Equal(JsonValueKind.Null, replay.GetProperty("oldestKept").ValueKind);
        await Eventually.Until(() => service.Handled.All.Count == 8, cancellationToken: Stop);
        await SettledAsync(service);
        Assert.Equal(
            published.Concat(published.Skip(2)).Order(),
            service.Handled.All.Select(delivery => delivery.Position).Order()
        );
        Assert.Equal("0-0", Text(await service.GetAsync("consumer-group?group=h"), "lastDelivered"));
    }

    [Fact]
    public async Task A_replay_from_before_the_oldest_message_says_what_is_kept_and_one_beyond_the_group_does_nothing()
    {
        await using var service = await Administered.StartAsync(redis);
        await service.FillAsync(6);
        await service.ReadAsync(4);
        await service.AckAsync("g", "1-1", "1-2", "1-3", "1-4");
        await service.ReadAsync(4, "h");
        await service.AckAsync("h", "1-1", "1-2");

        var trim = await service.PostAsync("trim");
        Assert.Equal((2, service.Keys.StreamName), (Number(trim, "removed"), Text(trim, "stream")));
        var hold = trim.GetProperty("hold");
        Assert.Equal(("Pending", "h", "1-3"), (Text(hold, "reason"), Text(hold, "group"), Text(hold, "position")));
        Assert.Equal(4, await service.LengthAsync());

        var nothing = await service.PostAsync("replay", new { fromPosition = "1-6" });
        Assert.Equal(
            (0, "1-4"),
            (Number(nothing, "entries"), Text(await service.GetAsync("consumer-group"), "lastDelivered"))
        );
        var all = await service.PostAsync("replay", new { fromTime = "1970-01-01T00:00:00Z" });
        Assert.Equal((4, "1-3", "0-0"), (Number(all, "entries"), Text(all, "oldestKept"), Text(all, "from")));
        Assert.Equal(4, Number(await service.GetAsync("consumer-group"), "lag"));
    }

    [Fact]
    public async Task A_trim_that_nothing_holds_says_so()
    {
        await using var service = await Administered.StartAsync(redis);
        await service.FillAsync(3);
        foreach (var group in new[] { "g", "h" })
        {
            await service.ReadAsync(3, group);
            await service.AckAsync(group, "1-1", "1-2", "1-3");
        }

        var trim = await service.PostAsync("trim");

        Assert.Equal((3, JsonValueKind.Null), (Number(trim, "removed"), trim.GetProperty("hold").ValueKind));
        Assert.Equal(0, await service.LengthAsync());
    }

    [Theory]
    [InlineData("{}", "fromPosition", "exactly one of fromPosition, e.g. \"1795234011241-0\", and fromTime")]
    [InlineData("""{"fromPosition": "1-1", "fromTime": "2030-01-31T12:00:00Z"}""", "fromPosition", "exactly one")]
    [InlineData(
        """{"fromPosition": "yesterday"}""",
        "fromPosition",
        "'yesterday' is no position; give milliseconds-sequence"
    )]
    [InlineData("""{"fromPosition": "1795"}""", "fromPosition", "no position")]
    [InlineData("""{"fromPosition": ""}""", "fromPosition", "no position")]
    [InlineData("""{"fromPosition": "1-18446744073709551616"}""", "fromPosition", "no position")]
    [InlineData("""{"fromPosition": "9-0"}""", "fromPosition", "The stream ends at 1-3")]
    [InlineData("""{"fromTime": "2030-01-31"}""", "fromTime", "e.g. 2030-01-31T12:00:00Z")]
    [InlineData("""{"fromTime": "2030-01-31T12:00:00"}""", "fromTime", "offset")]
    [InlineData("""{"fromTime": "2030-02-31T12:00:00Z"}""", "fromTime", "no time")]
    [InlineData("""{"fromTime": "31.01.2030 12:00"}""", "fromTime", "no time")]
    [InlineData("""{"fromTime": "1969-12-31T23:59:59Z"}""", "fromTime", "from 1970-01-01T00:00:00Z on")]
    [InlineData("""{"fromTime": "2030-01-31T12:00:00Z"}""", "fromTime", "The stream ends at 1-3")]
    public async Task A_replay_from_nowhere_is_refused_with_what_to_give_instead(string body, string field, string said)
    {
        await using var service = await Administered.StartAsync(redis);
        await service.FillAsync(3);
        await service.ReadAsync(3);

        Assert.Contains(
            said,
            await service.ErrorAsync(HttpMethod.Post, "replay", field, body),
            StringComparison.Ordinal
        );
        Assert.Equal("1-3", Text(await service.GetAsync("consumer-group"), "lastDelivered"));
    }

    [Theory]
    [InlineData("claim-stale/-1", null, "minIdleMs", "from 0 to 86400000")]
    [InlineData("claim-stale/86400001", null, "minIdleMs", "from 0 to 86400000")]
    [InlineData("claim-stale/99999999999", null, "minIdleMs", "from 0 to 86400000")]
    [InlineData("claim-stale/99999999999999999999", null, "minIdleMs", "whole number")]
    [InlineData("claim-stale/soon", null, "minIdleMs", "whole number")]
    [InlineData("pause", "{}", "reason", "required")]
    [InlineData("pause", """{"reason": " "}""", "reason", "required")]
    [InlineData("pause", """{"reason": "a\nb"}""", "reason", "control characters")]
    [InlineData("dead-letters/redrive", "{}", "positions", "Give either positions")]
    [InlineData("dead-letters/redrive", """{"all": false}""", "positions", "Give either positions")]
    [InlineData(
        "dead-letters/redrive",
        """{"all": true, "positions": ["1-1"]}""",
        "positions",
        "Give either positions"
    )]
    [InlineData("dead-letters/redrive", """{"positions": []}""", "positions", "1 to 1000")]
    [InlineData("dead-letters/redrive", """{"positions": ["1-1", null]}""", "positions[1]", "no position")]
    [InlineData(
        "dead-letters/redrive",
        """{"positions": ["1-1"], "limit": 5}""",
        "positions",
        "Leave out group, reason and limit"
    )]
    [InlineData(
        "dead-letters/redrive?group=h",
        """{"positions": ["1-1"]}""",
        "positions",
        "Leave out group, reason and limit"
    )]
    [InlineData("dead-letters/redrive", """{"all": true, "limit": 0}""", "limit", "from 1 to 1000")]
    [InlineData("dead-letters/redrive", """{"all": true, "limit": 1001}""", "limit", "from 1 to 1000")]
    [InlineData("dead-letters/redrive", """{"all": true, "reason": "?"}""", "reason", "handler-failed")]
    public async Task What_is_out_of_range_is_refused_by_name_and_changes_nothing(
        string path,
        string? body,
        string field,
        string said
    )
    {
        await using var service = await Administered.StartAsync(redis);
        await service.AddLetterAsync(1, "g", [1]);

        Assert.Contains(said, await service.ErrorAsync(HttpMethod.Post, path, field, body), StringComparison.Ordinal);
        Assert.Equal(1, Number(await service.GetAsync("stream-length"), "deadLetters"));
        Assert.Equal(JsonValueKind.Null, (await service.GetAsync("consumer-group")).GetProperty("paused").ValueKind);
    }

    [Fact]
    public async Task The_longest_reason_and_the_most_positions_are_taken_and_one_more_is_not()
    {
        await using var service = await Administered.StartAsync(redis);
        static string Reason(int length) => JsonSerializer.Serialize(new { reason = new string('x', length) });
        static string Positions(int count) =>
            JsonSerializer.Serialize(new { positions = Enumerable.Range(1, count).Select(i => $"1-{i}") });

        Assert.Contains(
            "at most 500",
            await service.ErrorAsync(HttpMethod.Post, "pause", "reason", Reason(501)),
            StringComparison.Ordinal
        );
        Assert.Equal(
            500,
            Text(await service.PostAsync("pause", new { reason = new string('x', 500) }), "reason").Length
        );
        Assert.Contains(
            "1 to 1000",
            await service.ErrorAsync(HttpMethod.Post, "dead-letters/redrive", "positions", Positions(1001)),
            StringComparison.Ordinal
        );
        var (response, body) = await service.Service.SendAsync(
            HttpMethod.Post,
            Administered.Full("dead-letters/redrive"),
            Positions(1000)
        );
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(1000, body.GetProperty("notFound").GetArrayLength());
    }

    private static Task<JsonElement> SettledAsync(Administered service) =>
        Eventually.Until(
            () => service.GetAsync("consumer-group"),
            group => Number(group, "pending") == 0 && Number(group, "lag") == 0,
            cancellationToken: Stop
        );

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
