using System.Net;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class RedisDownTests
{
    /// <summary>No request takes longer than this, whatever is down.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>One whose permissions are not in memory, so that these are read before the invoice's parts.</summary>
    private static readonly (string, string) AnotherUser = ("X-User-Id", "1");

    [Fact]
    public async Task What_is_in_memory_answers_the_rest_is_503_in_time_and_all_recovers()
    {
        await using var system = new RunningSystem();
        await system.InitializeAsync();
        var cached = await system.CreateCompanyAsync();
        var uncached = await system.CreateCompanyAsync();
        await WarmAsync(system, cached);

        await system.Redis.StopAsync();

        await AssertInMemoryAsync(system, cached);
        await AssertUnavailableAsync(system, uncached);

        await system.Redis.RestartAsync(TestContext.Current.CancellationToken);
        await AssertRecoversAsync(system, cached);
    }

    [Fact]
    public async Task A_redis_that_hangs_makes_no_request_hang()
    {
        await using var system = new RunningSystem();
        await system.InitializeAsync();
        var cached = await system.CreateCompanyAsync();
        var uncached = await system.CreateCompanyAsync();
        await WarmAsync(system, cached);

        await ProcessSignal.SendAsync("STOP", system.Redis.ProcessId, TestContext.Current.CancellationToken);
        try
        {
            await AssertInMemoryAsync(system, cached);
            await AssertUnavailableAsync(system, uncached);
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", system.Redis.ProcessId, TestContext.Current.CancellationToken);
        }

        await AssertRecoversAsync(system, cached);
    }

    private static async Task WarmAsync(RunningSystem system, long company)
    {
        await system.Reporting.WarmAsync(Paths.Report(company));
        await system.Analytics.WarmAsync(Paths.Figures(company));
        await system.Billing.WarmAsync(Paths.Preview(company));
    }

    private static async Task AssertInMemoryAsync(RunningSystem system, long company)
    {
        foreach (
            var (service, path) in new[]
            {
                (system.Reporting, Paths.Report(company)),
                (system.Analytics, Paths.Figures(company)),
                (system.Billing, Paths.Preview(company)),
            }
        )
        {
            var answer = await InTimeAsync(() => service.GetAsync(path, Paths.Billing));
            Assert.True(answer is { Status: HttpStatusCode.OK, Cache: "L1" }, $"{path}: {answer}");
        }
    }

    private static async Task AssertUnavailableAsync(RunningSystem system, long company)
    {
        Func<Task<Answer>>[] requests =
        [
            () => system.Organization.GetAsync($"api/companies/{company}"),
            () => system.Organization.GetAsync("api/companies"),
            () => system.Organization.SendJsonAsync(HttpMethod.Post, "api/companies", new { name = "a" }),
            () => system.Organization.SendJsonAsync(HttpMethod.Put, $"api/companies/{company}", new { name = "a" }),
            () => system.Organization.SendAsync(HttpMethod.Delete, $"api/companies/{company}"),
            () => system.Reporting.GetAsync(Paths.Report(company)),
            () => system.Analytics.GetAsync(Paths.Figures(company)),
            () => system.Analytics.GetAsync("api/analytics/summary"),
            () => system.Analytics.GetAsync($"api/analytics/companies/{company}/activity"),
            () =>
                system.Analytics.SendJsonAsync(
                    HttpMethod.Post,
                    "api/analytics/events",
                    new { events = new[] { new { companyId = company, kind = "view" } } }
                ),
            () => system.Billing.GetAsync(Paths.Preview(company), AnotherUser),
        ];
        var answers = await Task.WhenAll(requests.Select(InTimeAsync));
        Assert.All(answers, answer => Problem.AssertIn(answer, HttpStatusCode.ServiceUnavailable, ""));
    }

    private static async Task AssertRecoversAsync(RunningSystem system, long company)
    {
        var limit = TimeSpan.FromMinutes(2);
        await system.Organization.GetUntilAsync(
            $"api/companies/{company}",
            answer => answer.Status == HttpStatusCode.OK,
            limit
        );
        var name = OrganizationSteps.UniqueName("Recovered");
        await system.RenameCompanyAsync(company, name);
        bool IsNew(Answer answer) => answer.Text.Contains(name, StringComparison.Ordinal);
        await system.Reporting.GetUntilAsync(Paths.Report(company), IsNew, limit);
        await system.Analytics.GetUntilAsync(Paths.Figures(company), IsNew, limit);
        await system.Billing.GetUntilAsync(Paths.Preview(company), IsNew, limit, Paths.Billing);
        await system.Reporting.GetUntilAsync(Paths.Report(company), answer => answer.Cache == "L1", limit);
    }

    private static Task<Answer> InTimeAsync(Func<Task<Answer>> request) => Soon.Within(Bound, request);
}
