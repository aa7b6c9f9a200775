using System.Net;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Services.Tests.Organization;

public sealed class DealershipTests(RunningSystem system)
{
    [Fact]
    public async Task Create_belongs_to_the_company_and_moves_its_version()
    {
        var company = await system.CreateCompanyAsync();
        var answer = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            $"api/companies/{company}/dealerships",
            new { name = " North " }
        );

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var id = answer.Json.GetProperty("id").GetInt64();
        var message = await system.MessageOfAsync(answer);
        Assert.Equal(($"company/{company}", 2L), (message.Subject, message.EntityVersion));
        var created = message.Payload.Unpack<DealershipCreated>();
        Assert.Equal((id, company, "North"), (created.DealershipId, created.CompanyId, created.Name));
        var read = await system.Organization.GetAsync($"api/companies/{company}");
        Assert.Equal("\"2\"", read.Header("ETag"));
        Assert.Equal(1, read.Json.GetProperty("dealershipCount").GetInt32());
    }

    [Fact]
    public async Task Transfer_moves_the_dealership_and_both_versions()
    {
        var from = await system.CreateCompanyAsync();
        var to = await system.CreateCompanyAsync();
        var dealership = await system.CreateDealershipAsync(from, "Moving");
        var staying = await system.CreateDealershipAsync(from, "Staying");

        var answer = await system.TransferAsync(dealership, to);

        Assert.Equal(to, answer.Json.GetProperty("companyId").GetInt64());
        var message = await system.MessageOfAsync(answer);
        Assert.Equal(($"company/{from}", 4L), (message.Subject, message.EntityVersion));
        var transferred = message.Payload.Unpack<DealershipTransferred>();
        Assert.Equal(
            (dealership, from, to),
            (transferred.DealershipId, transferred.FromCompanyId, transferred.ToCompanyId)
        );
        Assert.Equal([staying], await DealershipsAsync(from));
        Assert.Equal([dealership], await DealershipsAsync(to));
        Assert.Equal("\"4\"", (await system.Organization.GetAsync($"api/companies/{from}")).Header("ETag"));
        Assert.Equal("\"2\"", (await system.Organization.GetAsync($"api/companies/{to}")).Header("ETag"));
    }

    [Fact]
    public async Task Concurrent_transfers_of_one_dealership_leave_it_in_one_company()
    {
        var home = await system.CreateCompanyAsync();
        var dealership = await system.CreateDealershipAsync(home);
        var targets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => system.CreateCompanyAsync()));

        await Task.WhenAll(targets.Select(target => system.TransferAsync(dealership, target)));

        var owners = new List<long>();
        var counted = 0;
        foreach (var company in targets.Append(home))
        {
            owners.AddRange((await DealershipsAsync(company)).Select(_ => company));
            counted += (await system.Organization.GetAsync($"api/companies/{company}"))
                .Json.GetProperty("dealershipCount")
                .GetInt32();
        }

        Assert.Single(owners);
        Assert.Equal(1, counted);
    }

    [Fact]
    public async Task Concurrent_creations_at_one_company_are_all_there()
    {
        var company = await system.CreateCompanyAsync();
        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => system.CreateDealershipAsync(company)));
        Assert.Equal(created.Order(), await DealershipsAsync(company));
        Assert.Equal("\"21\"", (await system.Organization.GetAsync($"api/companies/{company}")).Header("ETag"));
    }

    [Fact]
    public async Task Transfer_refuses_what_makes_no_sense()
    {
        var company = await system.CreateCompanyAsync();
        var dealership = await system.CreateDealershipAsync(company);
        Assert.Equal(HttpStatusCode.Conflict, (await TransferAsync(dealership, company)).Status);
        var unknownTarget = await TransferAsync(dealership, 9_007_199_254_740_991);
        Assert.Equal(HttpStatusCode.NotFound, unknownTarget.Status);
        Assert.Contains("toCompanyId", unknownTarget.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await TransferAsync(9_007_199_254_740_991, company)).Status);
        Assert.Equal([dealership], await DealershipsAsync(company));
    }

    private Task<Answer> TransferAsync(long id, long toCompanyId) =>
        system.Organization.SendJsonAsync(HttpMethod.Post, $"api/dealerships/{id}/transfer", new { toCompanyId });

    private async Task<long[]> DealershipsAsync(long company)
    {
        var answer = await system.Organization.GetAsync($"api/companies/{company}/dealerships");
        return [.. answer.Json.EnumerateArray().Select(item => item.GetProperty("id").GetInt64())];
    }
}
