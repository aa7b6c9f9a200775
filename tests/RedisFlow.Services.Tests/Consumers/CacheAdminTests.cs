using System.Net;
using System.Text.Json;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class CacheAdminTests(RunningSystem system)
{
    private const string Stats = "api/cache/stats";
    private const string Invalidations = "api/cache/invalidations";
    private const string Key = "the-key-of-these-tests";

    private static readonly (string, string) Admin = ("X-Admin-Key", Key);

    [Theory]
    [InlineData("Reporting")]
    [InlineData("Analytics")]
    [InlineData("Billing")]
    public async Task Nobody_learns_anything_without_the_key(string service)
    {
        await using var instance = await StartAsync(service);
        foreach (var path in new[] { Stats, Invalidations })
        {
            foreach (
                var answer in new[]
                {
                    await instance.GetAsync(path),
                    await instance.GetAsync(path, ("X-Admin-Key", Key + "s")),
                }
            )
            {
                Problem.AssertIn(answer, HttpStatusCode.Unauthorized, "X-Admin-Key");
                Assert.NotEqual("", answer.Header("WWW-Authenticate"));
            }

            Assert.Equal(HttpStatusCode.OK, (await instance.GetAsync(path, Admin)).Status);
        }
    }

    [Fact]
    public async Task Where_no_key_is_configured_nobody_may_look() =>
        Problem.AssertIn(await system.Billing.GetAsync(Stats, Admin), HttpStatusCode.Unauthorized, "Admin:Key");

    [Fact]
    public async Task Reads_are_counted_by_declared_pattern()
    {
        await using var reporting = await StartAsync("Reporting");
        var company = await system.CreateCompanyAsync();
        var path = Paths.Report(company);

        var before = await StatsAsync(reporting);
        Assert.Equal(
            ["companies:*", "company:*", "*"],
            before.EnumerateArray().Select(pattern => pattern.GetProperty("pattern").GetString())
        );
        Assert.All(
            before.EnumerateArray(),
            pattern =>
            {
                Assert.Equal(0, Number(pattern, "reads"));
                Assert.Equal(JsonValueKind.Null, pattern.GetProperty("hitRate").ValueKind);
                Assert.Equal(JsonValueKind.Null, pattern.GetProperty("loadLatency").ValueKind);
            }
        );

        await reporting.WarmAsync(path);
        var warm = Pattern(await StatsAsync(reporting), "reports");
        for (var read = 0; read < 20; read++)
        {
            Assert.Equal("L1", (await reporting.GetAsync(path)).Cache);
        }

        var patterns = await StatsAsync(reporting);
        var reports = Pattern(patterns, "reports");
        Assert.Equal("company:*", reports.GetProperty("pattern").GetString());
        Assert.Equal(Number(warm, "l1Hits") + 20, Number(reports, "l1Hits"));
        Assert.Equal((1, 0, 0), (Number(reports, "misses"), Number(reports, "l2Hits"), Number(reports, "staleReads")));
        Assert.Equal(Number(reports, "l1Hits") + 1, Number(reports, "reads"));
        Assert.Equal(
            (double)Number(reports, "l1Hits") / Number(reports, "reads"),
            reports.GetProperty("hitRate").GetDouble(),
            12
        );
        Assert.Equal(1, Number(reports.GetProperty("loadLatency"), "count"));
        Assert.Equal(1, Number(reports.GetProperty("l2Latency"), "count"));
        Assert.True(reports.GetProperty("loadLatency").GetProperty("p99Ms").GetDouble() > 0);
        Assert.Equal(0, Number(Pattern(patterns, "lists"), "reads"));
    }

    [Fact]
    public async Task What_another_instance_loaded_is_a_hit_in_redis()
    {
        await using var reporting = await StartAsync("Reporting");
        var company = await system.CreateCompanyAsync();
        var path = Paths.Report(company);
        await system.Reporting.WarmAsync(path);

        // The entry in Redis follows the answer.
        await Eventually.Until(
            () => system.Connection.GetDatabase().KeyExistsAsync($"reporting:1:company:{company}:report"),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal("L2", (await reporting.GetAsync(path)).Cache);

        var reports = Pattern(await StatsAsync(reporting), "reports");
        Assert.Equal((1, 1, 0), (Number(reports, "reads"), Number(reports, "l2Hits"), Number(reports, "misses")));
        Assert.Equal(1.0, reports.GetProperty("hitRate").GetDouble());
    }

    [Fact]
    public async Task Counters_that_are_loaded_each_time_have_the_hit_rate_that_they_have()
    {
        await using var analytics = await StartAsync("Analytics");
        for (var company = 2_000_000_000L; company < 2_000_000_010L; company++)
        {
            Assert.Equal("MISS", (await analytics.GetAsync($"api/analytics/companies/{company}/activity")).Cache);
        }

        var activity = Pattern(await StatsAsync(analytics), "activity");

        Assert.Equal((10, 10, 0), (Number(activity, "reads"), Number(activity, "misses"), Number(activity, "l1Hits")));
        Assert.Equal(0.0, activity.GetProperty("hitRate").GetDouble());
        Assert.Equal(JsonValueKind.Null, activity.GetProperty("l2Latency").ValueKind);
    }

    [Fact]
    public async Task Invalidations_are_counted_as_they_are_applied()
    {
        await using var billing = await StartAsync("Billing");
        var company = await system.CreateCompanyAsync();
        await billing.WarmAsync(Paths.Preview(company));
        var before = await InvalidationsAsync(billing);

        string position = "";
        for (var change = 0; change < 10; change++)
        {
            position = (await system.RenameCompanyAsync(company, OrganizationSteps.UniqueName())).Header(
                "RedisFlow-Position"
            );
        }

        Assert.Equal(
            "MISS",
            (await billing.GetAsync(Paths.Preview(company), Paths.Billing, ("RedisFlow-Min-Position", position))).Cache
        );
        var after = await Eventually.Until(
            () => InvalidationsAsync(billing),
            now => now.GetProperty("lagMs").ValueKind == JsonValueKind.Number,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(Number(before, "applied") + 10, Number(after, "applied"));
        Assert.Equal(position, after.GetProperty("position").GetString());
        Assert.True(after.GetProperty("perSecond").GetDouble() > 0);
        Assert.InRange(after.GetProperty("lagMs").GetDouble(), 0, 15_000);
        Assert.False(after.GetProperty("isBlind").GetBoolean());
        Assert.Equal((0, 0), (Number(after, "discardedL1Fills"), Number(after, "flushes")));
    }

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static JsonElement Pattern(JsonElement patterns, string policy) =>
        Assert.Single(patterns.EnumerateArray(), pattern => pattern.GetProperty("policy").GetString() == policy);

    /// <summary>The one cache that a service has.</summary>
    private static async Task<JsonElement> CacheAsync(ServiceProcess service, string path)
    {
        var answer = await service.GetAsync(path, Admin);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return Assert.Single(answer.Json.GetProperty("caches").EnumerateArray());
    }

    private static async Task<JsonElement> StatsAsync(ServiceProcess service) =>
        (await CacheAsync(service, Stats)).GetProperty("patterns");

    private static Task<JsonElement> InvalidationsAsync(ServiceProcess service) => CacheAsync(service, Invalidations);

    /// <summary>An instance that no other test calls: its numbers are those of the test.</summary>
    private Task<ServiceProcess> StartAsync(string service) => system.StartAsync(service, ("Admin:Key", Key));
}
