using RedisFlow.Cli.Checkups;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Tests;

/// <summary>The doctor's judgement alone, on facts that no server at hand would show.</summary>
public sealed class CheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly StreamServer Latest = new(new Version(8, 6, 2), true, true, true, true);

    private static readonly Limits Limits = new(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(2));

    [Fact]
    public void A_server_that_is_too_old_is_to_be_upgraded()
    {
        var finding = Only(
            VersionCheck.Run(
                Examine(new(new Version(0, 0), false, false, false, false), info: new() { ["redis_version"] = "6.2.7" })
            )
        );

        Assert.Equal(FindingStatus.Fail, finding.Status);
        Assert.Contains("6.2.7 is too old", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_lacks_something_is_no_fault_and_the_latest_is_as_it_should_be()
    {
        var lacking = Only(VersionCheck.Run(Examine(new(new Version(8, 4, 4), true, true, true, false))));

        Assert.Equal(FindingStatus.Note, lacking.Status);
        Assert.Contains("IDMP", lacking.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("XTRIM", lacking.Message, StringComparison.Ordinal);
        Assert.Equal(FindingStatus.Ok, Only(VersionCheck.Run(Examine(Latest))).Status);
    }

    [Fact]
    public void A_server_that_is_compatible_is_called_by_its_own_name_and_not_told_to_become_another()
    {
        var valkey = new StreamServer(new Version(7, 2, 4), true, false, false, false)
        {
            Product = "Valkey",
            ProductVersion = "9.1.2",
        };

        var finding = Only(VersionCheck.Run(Examine(valkey, info: new() { ["redis_version"] = "7.2.4" })));

        Assert.Equal(FindingStatus.Ok, finding.Status);
        Assert.StartsWith("Valkey 9.1.2 has all that is needed.", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("8.6", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_streams_is_to_be_replaced()
    {
        var garnet = new StreamServer(new Version(7, 4, 3), false, false, false, false)
        {
            Product = "Garnet",
            ProductVersion = "2.2.8",
            HasStreams = false,
        };

        var finding = Only(VersionCheck.Run(Examine(garnet, info: new() { ["redis_version"] = "7.4.3" })));

        Assert.Equal(FindingStatus.Fail, finding.Status);
        Assert.Contains("Garnet 2.2.8 has no streams", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too old", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_may_not_be_asked_is_unknown()
    {
        Assert.Equal(FindingStatus.Unknown, Only(VersionCheck.Run(Examine(null))).Status);
        Assert.Equal(FindingStatus.Unknown, Only(PersistenceCheck.Run(Examine(Latest))).Status);
        Assert.Equal(FindingStatus.Unknown, Only(MemoryCheck.Run(Examine(Latest))).Status);
        Assert.Equal(FindingStatus.Unknown, Only(RoleCheck.Run(Examine(Latest))).Status);
    }

    [Theory]
    [InlineData("aof_last_write_status")]
    [InlineData("aof_last_bgrewrite_status")]
    public void An_append_only_file_that_cannot_be_written_is_found(string status)
    {
        var findings = PersistenceCheck.Run(
            Examine(
                Latest,
                settings: new() { ["appendonly"] = "yes", ["appendfsync"] = "always" },
                info: new()
                {
                    ["aof_last_write_status"] = "ok",
                    ["aof_last_bgrewrite_status"] = "ok",
                    [status] = "err",
                }
            )
        );

        Assert.Single(findings, finding => finding.Status == FindingStatus.Fail);
    }

    [Theory]
    [InlineData(0, FindingStatus.Ok)]
    [InlineData(1900, FindingStatus.Ok)]
    [InlineData(-1900, FindingStatus.Ok)]
    [InlineData(2100, FindingStatus.Ok)] // the network may have added the rest
    [InlineData(2300, FindingStatus.Fail)]
    [InlineData(-2300, FindingStatus.Fail)]
    public void Clocks_may_differ_by_the_limit_and_what_the_network_adds(int milliseconds, object status)
    {
        var facts = new ServerFacts(
            new Dictionary<string, string>(),
            new Dictionary<string, string>(),
            Now.AddMilliseconds(milliseconds),
            Now,
            TimeSpan.FromMilliseconds(400)
        );

        var finding = Only(ClockCheck.Run(new Examination(facts, [], Latest, [], Limits)));

        Assert.Equal(status, finding.Status);
        if (milliseconds < -2000)
        {
            Assert.Contains("2.3s behind", finding.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_dead_consumer_beside_living_ones_is_told_from_a_group_that_nobody_works_for()
    {
        var dead = new ConsumerSnapshot("dead", 3, TimeSpan.FromHours(1));
        var living = new ConsumerSnapshot("living", 0, TimeSpan.FromSeconds(1));

        Assert.Contains("redisflow claim g", RepairOf(Group(0, 3, dead, living)), StringComparison.Ordinal);
        Assert.Contains("Start the service", RepairOf(Group(0, 3, dead)), StringComparison.Ordinal);
    }

    /// <remarks>
    /// https://github.com/prwnr/laravel-streamer/issues/64, https://github.com/redis/redis/issues/11543.
    /// </remarks>
    [Fact]
    [Trait("Suite", "Reported faults")]
    public void Two_workers_with_one_name_are_found_with_what_to_set()
    {
        var twice = new ConsumerSnapshot("a-1", 0, TimeSpan.FromSeconds(1)) { Rival = "process 7 on host" };

        var finding = ConsumerCheck
            .Run(Examine(Latest, Group(0, 0, twice)))
            .Single(found => found.Status == FindingStatus.Fail);

        Assert.Contains("a-1; one of them (process 7 on host) stands by", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Streams:InstanceId", finding.Repair, StringComparison.Ordinal);
    }

    [Fact]
    public void Idle_is_no_fault_where_there_is_nothing_to_do()
    {
        var findings = ConsumerCheck
            .Run(Examine(Latest, Group(0, 0, new ConsumerSnapshot("idle", 0, TimeSpan.FromHours(1)))))
            .ToArray();

        Assert.Equal([FindingStatus.Note, FindingStatus.Ok], findings.Select(finding => finding.Status));
    }

    [Fact]
    public void A_paused_group_needs_no_living_worker()
    {
        var paused = Group(5, 0) with { Paused = new GroupPause("repair", Now) };

        Assert.DoesNotContain(
            ConsumerCheck.Run(Examine(Latest, paused)),
            finding => finding.Status == FindingStatus.Fail
        );
    }

    [Fact]
    public void An_unknown_lag_is_work_only_before_the_end_of_the_stream()
    {
        Assert.Contains(
            "unknown number",
            string.Concat(ConsumerCheck.Run(Examine(Latest, Group(null, 0))).Select(f => f.Message)),
            StringComparison.Ordinal
        );
        var atEnd = Group(null, 0) with { LastDelivered = new MessagePosition(10, 0) };
        Assert.DoesNotContain(
            ConsumerCheck.Run(Examine(Latest, atEnd)),
            finding => finding.Status == FindingStatus.Fail
        );
    }

    private static string RepairOf(GroupSnapshot group) =>
        ConsumerCheck.Run(Examine(Latest, group)).First(finding => finding.Status == FindingStatus.Fail).Repair!;

    private static Finding Only(IEnumerable<Finding> findings) => Assert.Single(findings);

    private static GroupSnapshot Group(long? lag, long pending, params ConsumerSnapshot[] consumers) =>
        new("s", "g", lag, pending, null, new MessagePosition(5, 0), default, consumers)
        {
            IsDeclared = true,
            Exists = true,
        };

    private static Examination Examine(StreamServer? server, params GroupSnapshot[] groups) =>
        new(
            new ServerFacts(
                new Dictionary<string, string>(),
                new Dictionary<string, string>(),
                Now,
                Now,
                TimeSpan.Zero
            ),
            [],
            server,
            [
                new ExaminedStream(
                    new StreamSnapshot("s", 10, new MessagePosition(10, 0), 0, groups),
                    [],
                    new StreamOptions()
                ),
            ],
            Limits
        );

    private static Examination Examine(
        StreamServer? server,
        Dictionary<string, string>? settings = null,
        Dictionary<string, string>? info = null
    ) => new(new ServerFacts(settings ?? [], info ?? [], Now, Now, TimeSpan.Zero), [], server, [], Limits);
}
