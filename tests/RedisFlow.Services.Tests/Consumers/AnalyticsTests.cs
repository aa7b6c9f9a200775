using System.Net;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class AnalyticsTests(RunningSystem system)
{
    private const string Summary = "api/analytics/summary";

    [Fact]
    public async Task Each_change_drops_exactly_what_depends_on_it()
    {
        var analytics = system.Analytics;
        var big = await system.CreateCompanyAsync();
        for (var i = 0; i < 3; i++)
        {
            await system.CreateDealershipAsync(big);
        }

        var first = await system.CreateCompanyAsync();
        var second = await system.CreateCompanyAsync();
        var third = await system.CreateCompanyAsync();
        await WarmAsync(first, second, third);

        // Update: the company's figures; the summary only shows the name of the largest.
        var name = OrganizationSteps.UniqueName("Updated");
        await system.RenameCompanyAsync(first, name);
        await analytics.ChangedAsync(Paths.Figures(first), name);
        await AssertKeptAsync(second, third);
        await analytics.AssertKeptAsync(Summary);

        // A new dealership: its company's figures and the summary.
        var dealership = await system.CreateDealershipAsync(first, "Oldest");
        await analytics.ChangedAsync(Paths.Figures(first), "\"dealerships\":1,\"oldestDealership\":\"Oldest\"");
        await AssertKeptAsync(second, third);
        await AssertDroppedAsync(Summary);

        // A transfer: the figures of both companies, and the summary, since another company may be the largest now.
        await WarmAsync(first, second, third);
        await system.TransferAsync(dealership, second);
        await analytics.ChangedAsync(Paths.Figures(second), "\"dealerships\":1,");
        await analytics.ChangedAsync(Paths.Figures(first), "\"dealerships\":0,");
        await AssertKeptAsync(third);
        await AssertDroppedAsync(Summary);

        // Create and delete: the summary.
        var before = (await analytics.WarmAsync(Summary)).Json.GetProperty("companies").GetInt64();
        var fourth = await system.CreateCompanyAsync();
        await analytics.ChangedAsync(Summary, $"\"companies\":{before + 1},");
        await AssertKeptAsync(first, second, third);
        await system.DeleteCompanyAsync(fourth);
        await analytics.ChangedAsync(Summary, $"\"companies\":{before},");
        await AssertKeptAsync(first, second, third);
    }

    [Fact]
    public async Task The_summary_adds_up_and_follows_the_name_of_the_largest_company()
    {
        await system.CreateDealershipAsync(await system.CreateCompanyAsync());
        var expected = (await system.Organization.GetAsync("api/companies/figures")).Json;
        var (companies, dealerships) = (
            expected.GetProperty("companies").GetInt64(),
            expected.GetProperty("dealerships").GetInt64()
        );
        var summary = await system.Analytics.GetUntilAsync(
            Summary,
            answer =>
                answer.Text.Contains(
                    $"\"companies\":{companies},\"dealerships\":{dealerships},",
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(
            Math.Round((decimal)dealerships / companies, 2),
            summary.Json.GetProperty("averageDealerships").GetDecimal()
        );

        var largest = summary.Json.GetProperty("largest").GetProperty("companyId").GetInt64();
        Assert.Equal(expected.GetProperty("largestCompanyId").GetInt64(), largest);
        await system.Analytics.WarmAsync(Summary);
        var name = OrganizationSteps.UniqueName("Largest");
        await system.RenameCompanyAsync(largest, name);
        await system.Analytics.ChangedAsync(Summary, name);
    }

    private async Task WarmAsync(params long[] companies)
    {
        foreach (var company in companies)
        {
            await system.Analytics.WarmAsync(Paths.Figures(company));
        }

        await system.Analytics.WarmAsync(Summary);
    }

    private async Task AssertKeptAsync(params long[] companies)
    {
        foreach (var company in companies)
        {
            await system.Analytics.AssertKeptAsync(Paths.Figures(company));
        }
    }

    private async Task AssertDroppedAsync(string path)
    {
        var answer = await system.Analytics.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.Cache is "MISS" or "L2", answer.ToString());
    }
}
