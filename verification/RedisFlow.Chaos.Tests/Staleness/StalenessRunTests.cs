using System.Text.Json;
using RedisFlow.Chaos.Staleness.Faults;

namespace RedisFlow.Chaos.Tests.Staleness;

/// <summary>
/// Whole runs of the probe: with the cache as it is, with caches that have a fault on purpose, which must be found, and
/// with those that promise nothing. Those with a fault have many short rounds, and end as soon as it is found.
/// </summary>
[Collection(nameof(RunCommand))]
public sealed class StalenessRunTests : IDisposable
{
    private static readonly string[] StaleStored = ["StaleL1", "StaleL2", "StaleFresh"];
    private static readonly string[] Reads = ["WithoutPosition", "WithPosition"];

    private readonly RunCommand _command = new();

    public void Dispose() => _command.Dispose();

    [Fact]
    public async Task A_short_run_with_every_fault_finds_nothing_stale_at_a_position_nor_at_rest()
    {
        var (code, said) = await _command.RunAsync(
            "staleness",
            "--seed",
            "19",
            "--duration",
            "8s",
            "--writes",
            "400",
            "--reads",
            "2000",
            "--keys",
            "300"
        );

        Assert.True(code == 0, said);
        var report = await _command.ReportAsync();
        var facts = report.GetProperty("facts");
        Assert.All(
            Enum.GetNames<NodeFaultKind>(),
            kind => Assert.Equal(1, facts.GetProperty("Done").GetProperty(kind).GetInt32())
        );

        // A probe that meets no hits, no races and no entries would find nothing in any cache.
        AssertAtLeast(1, facts.GetProperty("WithPosition"), said, "L1", "L2", "Misses");
        AssertAtLeast(
            1,
            facts.GetProperty("Counters"),
            said,
            "redisflow.cache.discarded_fills.L1",
            "redisflow.cache.evictions"
        );
        Assert.All(
            Services(report),
            service =>
                AssertAtLeast(
                    2,
                    Assert.Single(service.GetProperty("Audits").EnumerateArray()),
                    said,
                    "L1",
                    "L2",
                    "Fresh"
                )
        );
    }

    [Fact]
    public async Task Fills_without_a_guard_and_tails_that_drop_messages_are_found()
    {
        var services = Services(await FindAsync("--break", "fill-unguarded,tail-drops"));

        Assert.All(services, service => Assert.True(StaleAtPosition(service) + Stale(service, "StaleL1") > 0));
    }

    [Fact]
    public async Task Entries_that_are_stamped_after_their_load_are_found_and_the_other_service_is_clean()
    {
        var services = Services(await FindAsync("--break", "stamped-late,none"));

        Assert.True(StaleAtPosition(services[0]) + Stale(services[0], "StaleL1") + Stale(services[0], "StaleL2") > 0);
        AssertClean(services[1]);
    }

    [Fact]
    public async Task Fills_of_Redis_that_ignore_tombstones_are_found_and_the_other_service_is_clean()
    {
        // They harm those who did not hear the invalidation: instances that start later. So it is the audit that finds
        // them.
        var services = Services(await FindAsync("--break", "none,l2-unguarded", "--round", "1s"));

        Assert.True(Stale(services[1], "StaleL2") > 0);
        Assert.True(Stale(services[1], "StaleFresh") > 0);
        AssertClean(services[0]);
    }

    [Fact]
    public async Task Pubsub_is_stale_under_the_same_faults_and_that_is_measured_rather_than_judged()
    {
        var (code, said) = await _command.RunAsync(
            "staleness",
            "--mode",
            "pubsub",
            "--seed",
            "8",
            "--duration",
            "8s",
            "--writes",
            "400",
            "--reads",
            "2000",
            "--keys",
            "300"
        );

        Assert.True(code == 0, said);
        var report = await _command.ReportAsync();
        var facts = report.GetProperty("facts");
        Assert.All(
            Enum.GetNames<NodeFaultKind>(),
            kind => Assert.Equal(1, facts.GetProperty("Done").GetProperty(kind).GetInt32())
        );
        AssertAtLeast(1, facts.GetProperty("WithoutPosition"), said, "L1", "L2", "Misses", "Stale");
        AssertAtLeast(1, facts.GetProperty("WithPosition"), said, "L1", "L2", "Misses");
        AssertReported(report, said, "pubsub");
        Assert.All(
            Services(report),
            service =>
                AssertAtLeast(
                    1,
                    Assert.Single(service.GetProperty("Audits").EnumerateArray()),
                    said,
                    "L1",
                    "L2",
                    "Fresh"
                )
        );
    }

    [Fact]
    public async Task A_cache_whose_entries_only_expire_is_stale_at_a_position_and_at_rest_and_that_is_measured()
    {
        // Entries that outlive the load and the audit: what was cached at first is stale to the end.
        var (code, said) = await _command.RunAsync(
            "staleness",
            "--mode",
            "ttl",
            "--seed",
            "5",
            "--duration",
            "3s",
            "--faults",
            "false",
            "--writes",
            "500",
            "--reads",
            "1000",
            "--expiry",
            "2m"
        );

        Assert.True(code == 0, said);
        var report = await _command.ReportAsync();
        var facts = report.GetProperty("facts");
        AssertAtLeast(1, facts.GetProperty("WithoutPosition"), said, "Stale");
        AssertAtLeast(1, facts.GetProperty("WithPosition"), said, "Stale");
        Assert.All(
            Services(report),
            service => Assert.All(StaleStored, what => Assert.True(Stale(service, what) > 0, $"{what}\n{said}"))
        );
        AssertReported(report, said, "ttl");
    }

    /// <summary>
    /// Runs until the faults on purpose are found; the run's time is a deadline that only a probe which finds nothing
    /// reaches.
    /// </summary>
    private async Task<JsonElement> FindAsync(params string[] arguments)
    {
        var (code, said) = await _command.RunAsync([
            "staleness",
            "--seed",
            "2",
            "--duration",
            "120s",
            "--round",
            "10s",
            "--faults",
            "false",
            "--writes",
            "1000",
            "--reads",
            "4000",
            "--keys",
            "300",
            .. arguments,
        ]);

        Assert.True(code == 1, said);
        Assert.Contains(
            "Seed 2. To repeat it:\n  dotnet run --project verification/RedisFlow.Chaos -c Release -- staleness "
                + "--seed 2 ",
            said,
            StringComparison.Ordinal
        );
        return await _command.ReportAsync();
    }

    private static void AssertAtLeast(int least, JsonElement figures, string said, params string[] names) =>
        Assert.All(names, name => Assert.True(figures.GetProperty(name).GetInt64() >= least, $"{name}\n{said}"));

    /// <summary>
    /// The figures of a mode that is only measured are all there: each stale read has an age, and the table has the
    /// mode's line.
    /// </summary>
    private static void AssertReported(JsonElement report, string said, string mode)
    {
        Assert.Empty(report.GetProperty("verdict").GetProperty("Problems").EnumerateArray());
        Assert.Contains($"| {mode} |", said, StringComparison.Ordinal);
        foreach (var figures in Reads.Select(report.GetProperty("facts").GetProperty))
        {
            var stale = figures.GetProperty("Stale").GetInt64();
            Assert.Equal(
                stale,
                figures
                    .GetProperty("Ages")
                    .GetProperty("Histogram")
                    .EnumerateArray()
                    .Sum(bar => bar.GetProperty("Count").GetInt64())
            );
            Assert.Equal(stale > 0, figures.GetProperty("Ages").GetProperty("Max").GetString() != "00:00:00");
        }
    }

    private static void AssertClean(JsonElement service)
    {
        Assert.Equal(0, StaleAtPosition(service));
        Assert.All(StaleStored, what => Assert.Equal(0, Stale(service, what)));
    }

    private static List<JsonElement> Services(JsonElement report) =>
        [.. report.GetProperty("verdict").GetProperty("Services").EnumerateArray()];

    private static long StaleAtPosition(JsonElement service) =>
        service.GetProperty("WithPosition").GetProperty("Stale").GetInt64();

    private static int Stale(JsonElement service, string what) =>
        service.GetProperty("Audits").EnumerateArray().Sum(audit => audit.GetProperty(what).GetArrayLength());
}
