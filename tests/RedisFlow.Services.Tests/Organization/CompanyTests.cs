using System.Net;
using System.Text.Json;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Services.Tests.Organization;

public sealed class CompanyTests(RunningSystem system)
{
    [Fact]
    public async Task Create_answers_201_with_location_version_and_position()
    {
        var name = OrganizationSteps.UniqueName();
        var answer = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            "api/companies",
            new { name = $"  {name}\t" }
        );

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var id = answer.Json.GetProperty("id").GetInt64();
        Assert.True(id >= 1);
        Assert.Equal(name, answer.Json.GetProperty("name").GetString());
        Assert.EndsWith($"/api/companies/{id}", answer.Header("Location"), StringComparison.Ordinal);
        Assert.Equal("\"1\"", answer.Header("ETag"));

        var message = await system.MessageOfAsync(answer);
        Assert.Equal($"company/{id}", message.Subject);
        Assert.Equal(1, message.EntityVersion);
        var created = message.Payload.Unpack<CompanyCreated>();
        Assert.Equal((id, name), (created.CompanyId, created.Name));

        var read = await system.Organization.GetAsync(answer.Header("Location"));
        Assert.Equal(name, read.Json.GetProperty("name").GetString());
        Assert.Equal("\"1\"", read.Header("ETag"));
    }

    [Fact]
    public async Task Update_renames_moves_the_version_and_publishes()
    {
        var id = await system.CreateCompanyAsync();
        var name = OrganizationSteps.UniqueName("Renamed");
        var answer = await system.RenameCompanyAsync(id, name);

        Assert.Equal("\"2\"", answer.Header("ETag"));
        var message = await system.MessageOfAsync(answer);
        Assert.Equal(($"company/{id}", 2L), (message.Subject, message.EntityVersion));
        Assert.Equal(name, message.Payload.Unpack<CompanyUpdated>().Name);
        Assert.Equal(
            name,
            (await system.Organization.GetAsync($"api/companies/{id}")).Json.GetProperty("name").GetString()
        );
    }

    [Fact]
    public async Task Update_with_if_match_changes_only_the_version_that_it_names()
    {
        var id = await system.CreateCompanyAsync();
        var path = $"api/companies/{id}";
        var body = new { name = OrganizationSteps.UniqueName("Matched") };

        var current = await system.Organization.SendJsonAsync(HttpMethod.Put, path, body, ("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.OK, current.Status);
        var outdated = await system.Organization.SendJsonAsync(
            HttpMethod.Put,
            path,
            new { name = "Never" },
            ("If-Match", "\"1\"")
        );
        Assert.Equal(HttpStatusCode.PreconditionFailed, outdated.Status);
        Assert.Equal("application/problem+json", outdated.MediaType);
        var weak = await system.Organization.SendJsonAsync(
            HttpMethod.Put,
            path,
            new { name = "Never" },
            ("If-Match", "W/\"2\"")
        );
        Assert.Equal(HttpStatusCode.PreconditionFailed, weak.Status);
        var one = await system.Organization.SendJsonAsync(HttpMethod.Put, path, body, ("If-Match", "\"9\", \"2\""));
        Assert.Equal(HttpStatusCode.OK, one.Status);
        var any = await system.Organization.SendJsonAsync(HttpMethod.Put, path, body, ("If-Match", "*"));
        Assert.Equal((HttpStatusCode.OK, "\"4\""), (any.Status, any.Header("ETag")));
        var delete = await system.Organization.SendAsync(HttpMethod.Delete, path, null, ("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, delete.Status);
    }

    [Fact]
    public async Task Concurrent_updates_are_all_counted_and_announced_once_each()
    {
        const int Writers = 40;
        var id = await system.CreateCompanyAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, Writers).Select(number => system.RenameCompanyAsync(id, $"Writer {number}"))
        );

        Assert.Equal(
            Enumerable.Range(2, Writers).Select(version => (long)version),
            answers.Select(answer => answer.Version()).Order()
        );
        var last = answers.MaxBy(answer => answer.Version())!;
        var read = await system.Organization.GetAsync($"api/companies/{id}");
        Assert.Equal(last.Json.GetProperty("name").GetString(), read.Json.GetProperty("name").GetString());

        // The stream has the versions in their order.
        var messages = await Task.WhenAll(answers.Select(system.MessageOfAsync));
        Assert.Equal(answers.Select(answer => answer.Version()), messages.Select(message => message.EntityVersion));
        var byPosition = answers.OrderBy(Position).Select(answer => answer.Version()).ToList();
        Assert.Equal(byPosition.Order(), byPosition);

        // The index by name has exactly the last name.
        var found = await system.Organization.GetAsync("api/companies?search=Writer&pageSize=200");
        var hit = Assert.Single(
            found.Json.GetProperty("items").EnumerateArray(),
            item => item.GetProperty("id").GetInt64() == id
        );
        Assert.Equal(last.Json.GetProperty("name").GetString(), hit.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Delete_takes_the_dealerships_along()
    {
        var name = OrganizationSteps.UniqueName();
        var id = await system.CreateCompanyAsync(name);
        var other = await system.CreateCompanyAsync();
        var dealership = await system.CreateDealershipAsync(id);
        await system.CreateDealershipAsync(id);
        var before = await FiguresAsync();

        var answer = await system.DeleteCompanyAsync(id);

        Assert.Equal(id, (await system.MessageOfAsync(answer)).Payload.Unpack<CompanyDeleted>().CompanyId);
        Assert.Equal(HttpStatusCode.NotFound, (await system.Organization.GetAsync($"api/companies/{id}")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await system.Organization.GetAsync($"api/companies/{id}/dealerships")).Status
        );
        var transfer = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            $"api/dealerships/{dealership}/transfer",
            new { toCompanyId = other }
        );
        Assert.Equal(HttpStatusCode.NotFound, transfer.Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await system.Organization.SendAsync(HttpMethod.Delete, $"api/companies/{id}")).Status
        );
        Assert.Equal(
            0,
            (await system.Organization.GetAsync($"api/companies?search={name}")).Json.GetProperty("total").GetInt64()
        );
        var after = await FiguresAsync();
        Assert.Equal(before.GetProperty("companies").GetInt64() - 1, after.GetProperty("companies").GetInt64());
        Assert.Equal(before.GetProperty("dealerships").GetInt64() - 2, after.GetProperty("dealerships").GetInt64());
        foreach (var key in new[] { $"company:{id}", $"company:{id}:dealerships", $"dealership:{dealership}:company" })
        {
            var left = await system
                .Connection.GetDatabase()
                .ExecuteAsync("EXISTS", $"{{cache:invalidation}}:organization:{key}");
            Assert.Equal(0, (long)left);
        }
    }

    private async Task<JsonElement> FiguresAsync() =>
        (await system.Organization.GetAsync("api/companies/figures")).Json;

    private static (ulong, ulong) Position(Answer answer)
    {
        var parts = answer.Header("RedisFlow-Position").Split('-').Select(ulong.Parse).ToArray();
        return (parts[0], parts[1]);
    }
}
