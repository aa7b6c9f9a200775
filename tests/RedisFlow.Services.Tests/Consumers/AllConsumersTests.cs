using System.Diagnostics;
using System.Net;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class AllConsumersTests(RunningSystem system)
{
    /// <summary>How soon after a change every consumer shows it.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromMilliseconds(100);

    private (ServiceProcess Service, string Path)[] Readers(long company) =>
        [
            (system.Reporting, Paths.Report(company)),
            (system.Analytics, Paths.Figures(company)),
            (system.Billing, Paths.Preview(company)),
        ];

    [Fact]
    public async Task All_show_a_new_name_within_100_ms_having_cached_the_old_one()
    {
        var company = await system.CreateCompanyAsync();
        foreach (var (service, path) in Readers(company))
        {
            var first = await service.GetUntilAsync(
                path,
                answer => answer.Status == HttpStatusCode.OK,
                null,
                Paths.Billing
            );
            Assert.Equal("MISS", first.Cache);
        }

        await Soon.Measured(Promised, () => MedianDelayAsync(company));
    }

    /// <summary>How long after a change all consumers show it: the median of five rounds.</summary>
    private async Task<TimeSpan> MedianDelayAsync(long company)
    {
        var delays = new List<TimeSpan>();
        for (var round = 0; round < 5; round++)
        {
            foreach (var (service, path) in Readers(company))
            {
                await service.WarmAsync(path);
            }

            var name = OrganizationSteps.UniqueName($"Round {round}");
            await system.RenameCompanyAsync(company, name);
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Readers(company).Select(reader => reader.Service.ChangedAsync(reader.Path, name)));
            delays.Add(clock.Elapsed);
        }

        return delays.Order().ElementAt(2);
    }

    [Fact]
    public async Task All_answer_404_after_a_deletion_and_never_cache_an_absence()
    {
        var company = await system.CreateCompanyAsync();
        foreach (var (service, path) in Readers(company))
        {
            await service.WarmAsync(path);
        }

        await system.DeleteCompanyAsync(company);
        foreach (var (service, path) in Readers(company))
        {
            var gone = await service.GetUntilAsync(
                path,
                answer => answer.Status == HttpStatusCode.NotFound,
                null,
                Paths.Billing
            );
            Problem.AssertIn(gone, HttpStatusCode.NotFound, $"{company}");
        }

        // The next company gets the next id: ask for it before it exists.
        var next = await system.CreateCompanyAsync() + 1;
        foreach (var (service, path) in Readers(next))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path, Paths.Billing)).Status);
        }

        Assert.Equal(next, await system.CreateCompanyAsync());
        foreach (var (service, path) in Readers(next))
        {
            Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(path, Paths.Billing)).Status);
        }
    }

    [Fact]
    public async Task Bad_input_is_named()
    {
        foreach (var id in new[] { "0", "-1", "abc", "9007199254740992", "99999999999999999999" })
        {
            Problem.AssertIn(
                await system.Reporting.GetAsync($"api/reports/companies/{id}"),
                HttpStatusCode.BadRequest,
                "id"
            );
            Problem.AssertIn(
                await system.Analytics.GetAsync($"api/analytics/companies/{id}"),
                HttpStatusCode.BadRequest,
                "id"
            );
            Problem.AssertIn(
                await system.Billing.GetAsync($"api/billing/companies/{id}/preview", Paths.Billing),
                HttpStatusCode.BadRequest,
                "id"
            );
        }

        foreach (var query in new[] { "page=0", "page=x", "page=1000001" })
        {
            Problem.AssertIn(
                await system.Reporting.GetAsync($"api/reports/companies?{query}"),
                HttpStatusCode.BadRequest,
                "page"
            );
        }

        foreach (var query in new[] { "pageSize=0", "pageSize=201", "pageSize=1.5" })
        {
            Problem.AssertIn(
                await system.Reporting.GetAsync($"api/reports/companies?{query}"),
                HttpStatusCode.BadRequest,
                "pageSize"
            );
        }
    }
}
