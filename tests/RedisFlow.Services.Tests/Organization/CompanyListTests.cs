using System.Net;
using System.Text.Json;

namespace RedisFlow.Services.Tests.Organization;

public sealed class CompanyListTests(RunningSystem system)
{
    private static readonly string[] Suffixes = [" gamma", " Alpha", " BETA", "er", " alpha"];

    [Fact]
    public async Task Search_finds_the_prefix_whatever_its_case_in_name_order_and_pages()
    {
        var prefix = $"Süd{Guid.NewGuid():N}";
        var ids = new Dictionary<string, long>();
        foreach (var suffix in Suffixes)
        {
            ids[suffix] = await system.CreateCompanyAsync(prefix + suffix);
        }

        await system.CreateCompanyAsync($"x{prefix}");
        var search = Uri.EscapeDataString(prefix.ToUpperInvariant());

        var all = await system.Organization.GetAsync($"api/companies?search={search}");
        Assert.Equal(5, all.Json.GetProperty("total").GetInt64());
        long[] expected = [ids[" Alpha"], ids[" alpha"], ids[" BETA"], ids[" gamma"], ids["er"]];
        Assert.Equal(expected, Ids(all.Json));

        var second = await system.Organization.GetAsync($"api/companies?search={search}&page=2&pageSize=2");
        Assert.Equal(5, second.Json.GetProperty("total").GetInt64());
        Assert.Equal(
            (2, 2),
            (second.Json.GetProperty("page").GetInt32(), second.Json.GetProperty("pageSize").GetInt32())
        );
        Assert.Equal(expected[2..4], Ids(second.Json));
        Assert.Empty(
            Ids((await system.Organization.GetAsync($"api/companies?search={search}&page=4&pageSize=2")).Json)
        );
    }

    [Fact]
    public async Task List_is_in_id_order_and_complete_over_its_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await system.CreateCompanyAsync();
        }

        var seen = new List<long>();
        long total;
        var page = 0;
        do
        {
            var answer = await system.Organization.GetAsync($"api/companies?page={++page}&pageSize=3");
            total = answer.Json.GetProperty("total").GetInt64();
            seen.AddRange(Ids(answer.Json));
        } while (page * 3 < total);

        Assert.Equal(total, seen.Count);
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_batch_by_ids_leaves_out_what_does_not_exist()
    {
        var first = await system.CreateCompanyAsync();
        var second = await system.CreateCompanyAsync();
        var answer = await system.Organization.GetAsync($"api/companies?ids={second},9007199254740991,{first}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal([second, first], Ids(answer.Json));

        var most = await system.Organization.GetAsync(
            $"api/companies?ids={string.Join(',', Enumerable.Range(1, 200))}"
        );
        Assert.Equal(HttpStatusCode.OK, most.Status);
    }

    [Fact]
    public async Task Figures_name_the_largest_company()
    {
        var big = await system.CreateCompanyAsync();
        var most = (await system.Organization.GetAsync("api/companies/figures"))
            .Json.GetProperty("largestCompanyDealerships")
            .GetInt32();
        for (var i = 0; i <= most; i++)
        {
            await system.CreateDealershipAsync(big);
        }

        var figures = (await system.Organization.GetAsync("api/companies/figures")).Json;
        Assert.Equal(big, figures.GetProperty("largestCompanyId").GetInt64());
        Assert.Equal(most + 1, figures.GetProperty("largestCompanyDealerships").GetInt32());
        await system.DeleteCompanyAsync(big);
        var without = (await system.Organization.GetAsync("api/companies/figures")).Json;
        Assert.Equal(most, without.GetProperty("largestCompanyDealerships").GetInt32());
    }

    private static long[] Ids(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt64())];
}
