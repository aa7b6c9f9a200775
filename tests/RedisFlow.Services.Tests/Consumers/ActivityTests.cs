using System.Globalization;
using System.Net;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class ActivityTests(RunningSystem system)
{
    private const string Events = "api/analytics/events";

    /// <summary>Companies that no other test counts for. Whether there are such is nothing to the counters.</summary>
    private static long _nextCompany = 1_000_000_000;

    private readonly long _company = Interlocked.Increment(ref _nextCompany);

    [Fact]
    public async Task Events_are_counted_by_kind_today_and_ever()
    {
        await NotAtMidnightAsync();
        var other = Interlocked.Increment(ref _nextCompany);
        var answer = await PostAsync(
            null,
            new { companyId = _company, kind = "view" },
            new
            {
                companyId = _company,
                kind = "view",
                count = 4,
            },
            new
            {
                companyId = _company,
                kind = "search",
                count = 1_000_000,
                occurredAt = DateTimeOffset.UtcNow,
            },
            new
            {
                companyId = _company,
                kind = "view",
                count = 10,
                occurredAt = DateTimeOffset.UtcNow.AddDays(-2),
            },
            new { companyId = other, kind = "export" }
        );

        Assert.Equal("""{"counted":5,"repeated":false}""", answer.Text);
        Assert.Equal("", answer.Header("RedisFlow-Position"));
        var counted = await CountedAsync(_company);
        Assert.Equal(["view", "search", "export", "share"], Kinds(counted).Select(kind => kind.Kind));
        Assert.Equal(
            [(5, 15), (1_000_000, 1_000_000), (0, 0), (0, 0)],
            Kinds(counted).Select(kind => (kind.Today, kind.Total))
        );
        Assert.Equal(
            [(0, 0), (0, 0), (1, 1), (0, 0)],
            Kinds(await CountedAsync(other)).Select(kind => (kind.Today, kind.Total))
        );
    }

    [Fact]
    public async Task A_batch_with_an_id_counts_once_however_often_it_is_sent()
    {
        await using var second = await system.StartAsync("Analytics");
        var id = $"batch-{Guid.NewGuid()}";
        object[] events =
        [
            new
            {
                companyId = _company,
                kind = "view",
                count = 3,
            },
            new { companyId = _company, kind = "share" },
        ];

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i => SendAsync(i % 2 == 0 ? system.Analytics : second, new { batchId = id, events }))
        );

        Assert.All(
            answers,
            answer =>
                Assert.Equal((HttpStatusCode.OK, 2), (answer.Status, answer.Json.GetProperty("counted").GetInt32()))
        );
        Assert.Single(answers, answer => !answer.Json.GetProperty("repeated").GetBoolean());
        Assert.Equal([3, 0, 0, 1], Kinds(await CountedAsync(_company)).Select(kind => kind.Total));
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_counted_once_when_it_is_sent_again()
    {
        await using var proxy = new RedisProxy(system.Redis.Port);
        await using var behind = await system.StartAsync(
            "Analytics",
            ("ConnectionStrings:redis", proxy.ConnectionString)
        );
        object Batch(string? batchId) =>
            new { batchId, events = new[] { new { companyId = _company, kind = "view" } } };

        // Redis gets to know the script, so that the next batch is one command.
        await PostAsync(null, new { companyId = Interlocked.Increment(ref _nextCompany), kind = "view" });
        var id = Guid.NewGuid().ToString();

        proxy.LoseReplies();
        var (lost, lostWithoutId) = (SendAsync(behind, Batch(id)), SendAsync(behind, Batch(null)));
        Problem.AssertIn(await lost, HttpStatusCode.ServiceUnavailable, "Send it again with the same batchId");
        Problem.AssertIn(await lostWithoutId, HttpStatusCode.ServiceUnavailable, "it may be counted twice");
        Assert.Equal(2, Kinds(await CountedAsync(_company))[0].Total);
        proxy.Reset();

        var again = await Eventually.Until(
            () => SendAsync(behind, Batch(id)),
            answer => answer.Status == HttpStatusCode.OK,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal("""{"counted":1,"repeated":true}""", again.Text);
        Assert.Equal(2, Kinds(await CountedAsync(_company))[0].Total);
    }

    [Fact]
    public async Task The_same_batch_in_another_form_is_the_same_and_other_events_under_its_id_are_refused()
    {
        var id = Guid.NewGuid().ToString();
        await PostAsync(id, new { companyId = _company, kind = "view" });

        var again = await system.Analytics.SendTextAsync(
            HttpMethod.Post,
            Events,
            $$"""{ "events": [ { "kind": "view",  "companyId": {{_company}} } ], "batchId": "{{id}}" }"""
        );
        var other = await SendAsync(
            system.Analytics,
            new
            {
                batchId = id,
                events = new[]
                {
                    new
                    {
                        companyId = _company,
                        kind = "view",
                        count = 2,
                    },
                },
            }
        );

        Assert.Equal("""{"counted":1,"repeated":true}""", again.Text);
        Problem.AssertIn(other, HttpStatusCode.Conflict, id);
        Assert.Equal(1, Kinds(await CountedAsync(_company))[0].Total);
    }

    [Fact]
    public async Task A_batch_without_an_id_counts_each_time()
    {
        await PostAsync(null, new { companyId = _company, kind = "view" });
        await PostAsync(null, new { companyId = _company, kind = "view" });

        Assert.Equal(2, Kinds(await CountedAsync(_company))[0].Total);
    }

    [Theory]
    [InlineData("""{"kind":"view"}""", "companyId")]
    [InlineData("""{"companyId":0,"kind":"view"}""", "companyId")]
    [InlineData("""{"companyId":9007199254740992,"kind":"view"}""", "companyId")]
    [InlineData("""{"companyId":"7","kind":"view"}""", "companyId")]
    [InlineData("""{"companyId":7}""", "kind")]
    [InlineData("""{"companyId":7,"kind":"View"}""", "kind")]
    [InlineData("""{"companyId":7,"kind":"like"}""", "kind")]
    [InlineData("""{"companyId":7,"kind":"view","count":0}""", "count")]
    [InlineData("""{"companyId":7,"kind":"view","count":1000001}""", "count")]
    [InlineData("""{"companyId":7,"kind":"view","count":1.5}""", "count")]
    [InlineData("""{"companyId":7,"kind":"view","occurredAt":"2020-01-01T00:00:00Z"}""", "occurredAt")]
    [InlineData("""{"companyId":7,"kind":"view","occurredAt":"9999-12-31T23:59:59Z"}""", "occurredAt")]
    [InlineData("""{"companyId":7,"kind":"view","occurredAt":"today"}""", "occurredAt")]
    [InlineData("null", null)]
    public async Task A_wrong_event_is_named_by_its_index_and_nothing_is_counted(string wrong, string? member)
    {
        var right = $$"""{"companyId":{{_company}},"kind":"view"}""";
        var answer = await system.Analytics.SendTextAsync(
            HttpMethod.Post,
            Events,
            $$"""{"events":[{{right}},{{right}},{{right}},{{wrong}}]}"""
        );

        var field = member is null ? "events[3]" : $"events[3].{member}";
        Problem.AssertIn(answer, HttpStatusCode.BadRequest, field);
        Assert.Equal(field, Assert.Single(answer.Json.GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal([0, 0, 0, 0], Kinds(await CountedAsync(_company)).Select(kind => kind.Total));
    }

    [Fact]
    public async Task Of_many_wrong_events_the_first_are_explained_and_all_are_counted()
    {
        var wrong = new
        {
            companyId = 0,
            kind = "like",
            count = 0,
        };

        var answer = await SendAsync(system.Analytics, new { events = Enumerable.Repeat(wrong, 1000) });

        Problem.AssertIn(answer, HttpStatusCode.BadRequest, "1000 of them are wrong");
        Assert.Equal(31, answer.Json.GetProperty("errors").EnumerateObject().Count());
    }

    [Theory]
    [InlineData("""{}""", "events")]
    [InlineData("""{"events":[]}""", "events")]
    [InlineData("""{"events":{}}""", "events")]
    [InlineData("""{"batchId":"","events":[{"companyId":7,"kind":"view"}]}""", "batchId")]
    [InlineData("""{"batchId":"a b","events":[{"companyId":7,"kind":"view"}]}""", "batchId")]
    [InlineData(
        """{"batchId":"12345678901234567890123456789012345678901234567890123456789012345","""
            + """ "events":[{"companyId":7,"kind":"view"}]}""",
        "batchId"
    )]
    public async Task A_wrong_batch_is_told_what_is_wrong(string body, string field) =>
        Problem.AssertIn(
            await system.Analytics.SendTextAsync(HttpMethod.Post, Events, body),
            HttpStatusCode.BadRequest,
            field
        );

    [Fact]
    public async Task A_batch_has_up_to_1000_events_and_256_KB()
    {
        // The longest of events: what the limit of the body must let through.
        object Longest(int i) =>
            new
            {
                companyId = 9_007_199_254_740_991 - i,
                kind = "search",
                count = 1_000_000,
                occurredAt = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            };

        var full = await SendAsync(
            system.Analytics,
            new { batchId = new string('b', 64), events = Enumerable.Range(0, 1000).Select(Longest) }
        );
        var tooMany = await SendAsync(system.Analytics, new { events = Enumerable.Range(0, 1001).Select(Longest) });
        var tooLong = await SendAsync(
            system.Analytics,
            new { batchId = new string('b', 257 * 1024), events = new[] { Longest(0) } }
        );

        Assert.Equal("""{"counted":1000,"repeated":false}""", full.Text);
        Problem.AssertIn(tooMany, HttpStatusCode.BadRequest, "these are 1001");
        Problem.AssertIn(tooLong, HttpStatusCode.RequestEntityTooLarge, "256 KB");
    }

    [Fact]
    public async Task The_counters_are_cached_in_memory_alone_and_say_how_old_they_are()
    {
        var path = Path(_company);
        var loaded = await system.Analytics.GetUntilAsync(path, answer => answer.Cache == "MISS");
        await PostAsync(null, new { companyId = _company, kind = "view" });
        var posted = DateTimeOffset.UtcNow;

        // Until it is as new as that, it says so.
        var newer = await system.Analytics.GetUntilAsync(path, answer => AsOf(answer) >= posted);

        Assert.Equal(0, Kinds(loaded)[0].Total);
        Assert.Equal(1, Kinds(newer)[0].Total);
        Assert.False(await system.Connection.GetDatabase().KeyExistsAsync($"analytics:1:activity:{_company}"));
    }

    [Fact]
    public async Task A_second_read_is_answered_from_memory()
    {
        var path = Path(_company);

        // On a machine that pauses, the two seconds may be over between two reads: one pair without a pause is enough.
        var pair = await Eventually.Until(
            async () => (First: await system.Analytics.GetAsync(path), Second: await system.Analytics.GetAsync(path)),
            pair => pair.Second.Cache == "L1",
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(pair.First.Text, pair.Second.Text);
    }

    [Fact]
    public async Task Days_and_batches_are_forgotten_and_totals_are_not()
    {
        await NotAtMidnightAsync();
        var id = Guid.NewGuid().ToString();
        await PostAsync(id, new { companyId = _company, kind = "view" });
        var database = system.Connection.GetDatabase();
        var keys = $"{{analytics:activity}}:company:{_company}";

        var day = await database.KeyTimeToLiveAsync($"{keys}:day:{DateTime.UtcNow:yyyyMMdd}");
        var batch = await database.KeyTimeToLiveAsync($"{{analytics:activity}}:batch:{id}");

        Assert.InRange(day!.Value, TimeSpan.FromHours(47), TimeSpan.FromHours(48));
        Assert.InRange(batch!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.True(await database.KeyExistsAsync($"{keys}:total"));
        Assert.Null(await database.KeyTimeToLiveAsync($"{keys}:total"));
    }

    [Fact]
    public async Task A_wrong_id_is_named() =>
        Problem.AssertIn(await system.Analytics.GetAsync(Path(0)), HttpStatusCode.BadRequest, "id");

    private static string Path(long company) => $"api/analytics/companies/{company}/activity";

    private static DateTimeOffset AsOf(Answer answer) => answer.Json.GetProperty("asOf").GetDateTimeOffset();

    private static List<(string Kind, long Today, long Total)> Kinds(Answer answer) =>
        [
            .. answer
                .Json.GetProperty("kinds")
                .EnumerateArray()
                .Select(kind =>
                    (
                        kind.GetProperty("kind").GetString()!,
                        kind.GetProperty("today").GetInt64(),
                        kind.GetProperty("total").GetInt64()
                    )
                ),
        ];

    /// <summary>For tests of today's counters: what is counted today must be read today.</summary>
    private static Task NotAtMidnightAsync() =>
        Eventually.Until(
            () => DateTime.UtcNow.AddMinutes(0.5).Date == DateTime.UtcNow.Date,
            cancellationToken: TestContext.Current.CancellationToken
        );

    private static Task<Answer> SendAsync(ServiceProcess service, object batch) =>
        service.SendJsonAsync(HttpMethod.Post, Events, batch);

    private async Task<Answer> PostAsync(string? batchId, params object[] events)
    {
        var answer = await SendAsync(system.Analytics, new { batchId, events });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    /// <summary>
    /// The counters with everything that was counted before this call: the first answer that says it is as new as that.
    /// </summary>
    private async Task<Answer> CountedAsync(long company)
    {
        var now = DateTimeOffset.UtcNow;
        return await system.Analytics.GetUntilAsync(Path(company), answer => AsOf(answer) >= now);
    }
}
