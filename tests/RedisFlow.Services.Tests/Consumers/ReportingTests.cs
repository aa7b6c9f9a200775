using System.Net;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class ReportingTests(RunningSystem system)
{
    private const string List = "api/reports/companies?page=1&pageSize=200";

    [Fact]
    public async Task Each_change_drops_exactly_what_depends_on_it()
    {
        var reporting = system.Reporting;
        var first = await system.CreateCompanyAsync();
        var second = await system.CreateCompanyAsync();
        var third = await system.CreateCompanyAsync();
        await WarmAsync(first, second, third);

        // Update: the company's report, not the list.
        var name = OrganizationSteps.UniqueName("Updated");
        await system.RenameCompanyAsync(first, name);
        await reporting.ChangedAsync(Paths.Report(first), name);
        await AssertKeptAsync(second, third);
        await reporting.AssertKeptAsync(List);
        Assert.Contains(name, (await reporting.GetAsync(List)).Text, StringComparison.Ordinal);

        // Create: the list, no report.
        var created = OrganizationSteps.UniqueName("Created");
        await system.CreateCompanyAsync(created);
        await reporting.ChangedAsync(List, created);
        await AssertKeptAsync(first, second, third);

        // A new dealership: its company's report.
        var dealership = await system.CreateDealershipAsync(first);
        await reporting.ChangedAsync(Paths.Report(first), "\"dealershipCount\":1");
        await AssertKeptAsync(second, third);
        await reporting.AssertKeptAsync(List);

        // A transfer: the reports of both companies.
        await system.TransferAsync(dealership, second);
        await reporting.ChangedAsync(Paths.Report(second), "\"dealershipCount\":1");
        await reporting.ChangedAsync(Paths.Report(first), "\"dealershipCount\":0");
        await AssertKeptAsync(third);
        await reporting.AssertKeptAsync(List);

        // Delete: the company's report and the list.
        await system.DeleteCompanyAsync(second);
        await reporting.GetUntilAsync(Paths.Report(second), answer => answer.Status == HttpStatusCode.NotFound);
        await AssertKeptAsync(first, third);
        var list = await reporting.GetAsync(List);
        Assert.True(list.Cache is "MISS" or "L2", list.ToString());
        Assert.DoesNotContain(
            list.Json.GetProperty("items").EnumerateArray(),
            item => item.GetProperty("companyId").GetInt64() == second
        );

        // Roles are nothing to Reporting.
        await WarmAsync(first, third);
        var roles = await system.Organization.SendJsonAsync(
            HttpMethod.Put,
            "api/users/4/roles",
            new { roles = Array.Empty<string>() }
        );
        Assert.Equal(HttpStatusCode.OK, roles.Status);
        await system.RenameCompanyAsync(third, name);
        await reporting.ChangedAsync(Paths.Report(third), name);
        await AssertKeptAsync(first);
    }

    [Fact]
    public async Task The_list_pages_in_id_order_with_its_total()
    {
        var first = await system.CreateCompanyAsync();
        var second = await system.CreateCompanyAsync();
        var all = await system.Reporting.GetUntilAsync(
            List,
            answer => answer.Text.Contains($"\"companyId\":{second},", StringComparison.Ordinal)
        );
        var ids = all
            .Json.GetProperty("items")
            .EnumerateArray()
            .Select(item => item.GetProperty("companyId").GetInt64())
            .ToList();
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(all.Json.GetProperty("total").GetInt64(), ids.Count);

        var page = ids.IndexOf(first) + 1;
        var one = await system.Reporting.GetAsync($"api/reports/companies?page={page}&pageSize=1");
        Assert.Equal(
            first,
            Assert.Single(one.Json.GetProperty("items").EnumerateArray()).GetProperty("companyId").GetInt64()
        );
        Assert.Equal(ids.Count, one.Json.GetProperty("total").GetInt64());
        var beyond = await system.Reporting.GetAsync("api/reports/companies?page=1000000");
        Assert.Equal(0, beyond.Json.GetProperty("items").GetArrayLength());
    }

    private async Task WarmAsync(params long[] companies)
    {
        foreach (var company in companies)
        {
            await system.Reporting.WarmAsync(Paths.Report(company));
        }

        await system.Reporting.WarmAsync(List);
    }

    private async Task AssertKeptAsync(params long[] companies)
    {
        foreach (var company in companies)
        {
            await system.Reporting.AssertKeptAsync(Paths.Report(company));
        }
    }
}
