using System.Net;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class PositionTests(RunningSystem system)
{
    private const string Position = "RedisFlow-Position";
    private const string MinPosition = "RedisFlow-Min-Position";

    /// <summary>Far in the future: a stream that gets there is not this one.</summary>
    private const string Unreachable = "9999999999999-0";

    private (ServiceProcess Service, string Path)[] Readers(long company) =>
        [
            (system.Reporting, Paths.Report(company)),
            (system.Analytics, Paths.Figures(company)),
            (system.Billing, Paths.Preview(company)),
        ];

    [Fact]
    public async Task A_read_with_the_position_of_a_write_shows_it_at_the_first_try()
    {
        var company = await system.CreateCompanyAsync();
        foreach (var (service, path) in Readers(company))
        {
            await service.WarmAsync(path);
        }

        // Each round finds the round before in memory, and asks at once: the change and its message have just been
        // committed.
        for (var round = 0; round < 100; round++)
        {
            var name = OrganizationSteps.UniqueName($"Round {round}");
            var position = (await system.RenameCompanyAsync(company, name)).Header(Position);
            var answers = await Task.WhenAll(
                Readers(company)
                    .Select(reader => reader.Service.GetAsync(reader.Path, Paths.Billing, (MinPosition, position)))
            );
            Assert.All(answers, answer => AssertShows(answer, name, position));
        }
    }

    [Fact]
    public async Task Who_has_seen_a_change_at_one_instance_does_not_see_the_old_value_at_one_that_is_behind()
    {
        await using var proxy = new RedisProxy(system.Redis.Port);
        await using var behind = await system.StartAsync(
            "Reporting",
            ("ConnectionStrings:redis", proxy.ConnectionString),
            ("Positions:MaxWait", "00:00:30")
        );
        var company = await system.CreateCompanyAsync("Old");
        var path = Paths.Report(company);
        await behind.WarmAsync(path);

        // It hears nothing any more, and does not know it yet.
        proxy.LoseReplies();
        await system.RenameCompanyAsync(company, "New");
        var seen = await system.Reporting.GetUntilAsync(
            path,
            answer => answer.Text.Contains("\"New\"", StringComparison.Ordinal)
        );
        var demanding = behind.GetAsync(path, (MinPosition, seen.Header(Position)));
        var plain = await behind.GetAsync(path);
        Assert.Contains("\"Old\"", plain.Text, StringComparison.Ordinal);
        Assert.True(Compare(plain.Header(Position), seen.Header(Position)) < 0, plain.ToString());
        Assert.False(demanding.IsCompleted);

        proxy.Reset();

        AssertShows(await demanding, "\"New\"", seen.Header(Position));
    }

    [Fact]
    public async Task Answers_of_all_kinds_carry_the_applied_position()
    {
        var company = await system.CreateCompanyAsync();
        var written = (await system.RenameCompanyAsync(company, OrganizationSteps.UniqueName())).Header(Position);
        foreach (var (service, path) in Readers(company))
        {
            foreach (var expected in new[] { "MISS", "L1" })
            {
                var answer = await service.GetAsync(path, Paths.Billing, (MinPosition, written));
                Assert.Equal(expected, answer.Cache);
                Assert.Equal(written, answer.Header(Position));
            }
        }

        foreach (var (service, path) in Readers(company + 1_000_000))
        {
            var missing = await service.GetAsync(path, Paths.Billing, (MinPosition, written));
            Assert.Equal(HttpStatusCode.NotFound, missing.Status);
            Assert.Equal(written, missing.Header(Position));
        }
    }

    [Fact]
    public async Task A_position_that_does_not_come_is_a_503_in_time_that_says_so()
    {
        var company = await system.CreateCompanyAsync();
        foreach (var (service, path) in Readers(company))
        {
            await service.WarmAsync(path);

            var answer = await Soon.Within(
                TimeSpan.FromSeconds(5),
                () => service.GetAsync(path, Paths.Billing, (MinPosition, Unreachable))
            );

            Problem.AssertIn(answer, HttpStatusCode.ServiceUnavailable, Unreachable);
            Assert.Contains(
                answer.Header(Position),
                answer.Json.GetProperty("detail").GetString(),
                StringComparison.Ordinal
            );
            Assert.NotEqual("", answer.Header("Retry-After"));
            Assert.Equal("", answer.Cache);
        }
    }

    [Fact]
    public async Task A_position_is_demanded_before_anybody_is_asked_who_he_is()
    {
        // At the position that is not there yet, the user may have another role.
        var answer = await system.Billing.GetAsync(Paths.Preview(1), ("X-User-Id", "4"), (MinPosition, Unreachable));

        Problem.AssertIn(answer, HttpStatusCode.ServiceUnavailable, Unreachable);
    }

    [Fact]
    public async Task Organization_is_never_behind()
    {
        var company = await system.CreateCompanyAsync();

        var answer = await system.Organization.GetAsync($"api/companies/{company}", (MinPosition, Unreachable));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task What_is_no_position_is_refused_everywhere()
    {
        var company = await system.CreateCompanyAsync();
        (ServiceProcess, string)[] all =
        [
            .. Readers(company),
            (system.Organization, $"api/companies/{company}"),
            (system.Organization, "api/companies"),
            (system.Organization, $"api/companies/{company}/dealerships"),
            (system.Organization, "api/users/1"),
            (system.Reporting, "api/reports/companies"),
            (system.Analytics, "api/analytics/summary"),
        ];
        foreach (var (service, path) in all)
        {
            var answer = await service.GetAsync(path, Paths.Billing, (MinPosition, "yesterday"));
            Problem.AssertIn(answer, HttpStatusCode.BadRequest, "'yesterday'");
            Assert.Contains("RedisFlow-Min-Position: 1", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wait_out_of_range_stops_the_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            system.StartAsync("Reporting", ("Positions:MaxWait", "00:01:00"))
        );
        Assert.Contains("Positions:MaxWait is 00:01:00. It must be", failure.Message, StringComparison.Ordinal);
    }

    private static void AssertShows(Answer answer, string name, string position)
    {
        Assert.True(
            answer.Status == HttpStatusCode.OK && answer.Text.Contains(name, StringComparison.Ordinal),
            $"{name} at {position}: {answer}"
        );
        Assert.True(Compare(answer.Header(Position), position) >= 0, $"{position}: {answer}");
    }

    private static int Compare(string left, string right)
    {
        var (a, b) = (Parts(left), Parts(right));
        return a.CompareTo(b);

        static (ulong, ulong) Parts(string position)
        {
            var parts = position.Split('-');
            return (
                ulong.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture),
                ulong.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)
            );
        }
    }
}
