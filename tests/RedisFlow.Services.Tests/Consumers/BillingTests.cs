using System.Net;
using System.Text;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class BillingTests(RunningSystem system)
{
    private static readonly string[] ViewerAndBilling = ["viewer", "billing.read"];
    private static readonly string[] Viewer = ["viewer"];

    [Fact]
    public async Task A_preview_has_a_line_for_each_dealership_and_their_sum()
    {
        var name = OrganizationSteps.UniqueName();
        var company = await system.CreateCompanyAsync(name);
        var north = await system.CreateDealershipAsync(company, "North");
        await system.CreateDealershipAsync(company, "South");

        var preview = await system.Billing.GetUntilAsync(
            Paths.Preview(company),
            answer => answer.Status == HttpStatusCode.OK,
            null,
            Paths.Billing
        );

        Assert.Equal(name, preview.Json.GetProperty("companyName").GetString());
        var lines = preview.Json.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(["North", "South"], lines.Select(line => line.GetProperty("dealershipName").GetString()));
        Assert.Equal(north, lines[0].GetProperty("dealershipId").GetInt64());
        Assert.Equal("49.90", lines[0].GetProperty("price").GetProperty("amount").GetRawText());
        Assert.Equal("99.80", preview.Json.GetProperty("total").GetProperty("amount").GetRawText());
        Assert.Equal("EUR", preview.Json.GetProperty("total").GetProperty("currency").GetString());
    }

    [Fact]
    public async Task Only_the_permitted_learn_anything()
    {
        var company = await system.CreateCompanyAsync();
        foreach (
            var path in new[]
            {
                Paths.Preview(company),
                Paths.Preview(9_007_199_254_740_991),
                "api/billing/companies/0/preview",
            }
        )
        {
            var missing = await system.Billing.GetAsync(path);
            Problem.AssertIn(missing, HttpStatusCode.Unauthorized, "X-User-Id");
            Assert.NotEqual("", missing.Header("WWW-Authenticate"));
            Problem.AssertIn(
                await system.Billing.GetAsync(path, ("X-User-Id", "two")),
                HttpStatusCode.Unauthorized,
                "X-User-Id"
            );
            Problem.AssertIn(
                await system.Billing.GetAsync(path, ("X-User-Id", "99")),
                HttpStatusCode.Unauthorized,
                "99"
            );
            Problem.AssertIn(
                await system.Billing.GetAsync(path, ("X-User-Id", "4")),
                HttpStatusCode.Forbidden,
                "billing.read"
            );
        }

        Assert.Equal(
            HttpStatusCode.OK,
            (await system.Billing.GetAsync(Paths.Preview(company), ("X-User-Id", "1"))).Status
        );
    }

    [Fact]
    public async Task A_change_of_roles_is_honoured_both_ways()
    {
        var path = Paths.Preview(await system.CreateCompanyAsync());
        (string, string) vera = ("X-User-Id", "3");
        Assert.Equal(HttpStatusCode.Forbidden, (await system.Billing.GetAsync(path, vera)).Status);

        await system.SetRolesAsync(3, ViewerAndBilling);
        await system.Billing.GetUntilAsync(path, answer => answer.Status == HttpStatusCode.OK, null, vera);
        await system.Billing.GetUntilAsync(path, answer => answer.Cache == "L1", null, vera);
        await system.Billing.WarmAsync(path);

        await system.SetRolesAsync(3, Viewer);
        await system.Billing.GetUntilAsync(path, answer => answer.Status == HttpStatusCode.Forbidden, null, vera);
        await system.Billing.AssertKeptAsync(path);
    }

    [Fact]
    public async Task A_role_is_never_honoured_after_the_position_at_which_it_was_taken_away()
    {
        // Two instances, so that at each change one has the old permission in memory, and the other only in Redis.
        await using var other = await system.StartAsync("Billing");
        var path = Paths.Preview(await system.CreateCompanyAsync());
        try
        {
            for (var round = 0; round < 200; round++)
            {
                var (memory, redis) = round % 2 == 0 ? (system.Billing, other) : (other, system.Billing);
                var given = await system.SetRolesAsync(3, ViewerAndBilling);
                await AssertStatusAsync(memory, path, given, HttpStatusCode.OK);
                if (round % 4 < 2)
                {
                    // The entry in Redis follows the answer. In these rounds it is there, in the others the change may
                    // overtake it.
                    await Eventually.Until(
                        PermissionInRedisAsync,
                        entry => entry.Contains("true", StringComparison.Ordinal),
                        cancellationToken: TestContext.Current.CancellationToken
                    );
                }

                var taken = await system.SetRolesAsync(3, Viewer);
                await Task.WhenAll(
                    AssertStatusAsync(memory, path, taken, HttpStatusCode.Forbidden),
                    AssertStatusAsync(redis, path, taken, HttpStatusCode.Forbidden)
                );
            }
        }
        finally
        {
            await system.SetRolesAsync(3, Viewer);
        }
    }

    [Fact]
    public async Task Each_change_drops_exactly_what_depends_on_it()
    {
        var first = await system.CreateCompanyAsync();
        var second = await system.CreateCompanyAsync();
        var third = await system.CreateCompanyAsync();
        foreach (var company in new[] { first, second, third })
        {
            await system.Billing.WarmAsync(Paths.Preview(company));
        }

        var name = OrganizationSteps.UniqueName("Updated");
        await system.RenameCompanyAsync(first, name);
        await system.Billing.ChangedAsync(Paths.Preview(first), name);
        await system.Billing.AssertKeptAsync(Paths.Preview(second));
        await system.Billing.AssertKeptAsync(Paths.Preview(third));

        var dealership = await system.CreateDealershipAsync(first, "Moving");
        await system.Billing.ChangedAsync(Paths.Preview(first), "Moving");
        await system.Billing.AssertKeptAsync(Paths.Preview(second));

        await system.TransferAsync(dealership, second);
        await system.Billing.ChangedAsync(Paths.Preview(second), "Moving");
        await system.Billing.ChangedAsync(Paths.Preview(first), "\"lines\":[]");
        await system.Billing.AssertKeptAsync(Paths.Preview(third));
    }

    [Fact]
    public async Task A_start_after_fifty_changes_serves_none_of_the_old_values()
    {
        const int Count = 50;
        var billing = await system.StartAsync("Billing");
        var companies = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => system.CreateCompanyAsync()));
        foreach (var company in companies)
        {
            await billing.WarmAsync(Paths.Preview(company));
        }

        // Both instances: no consumer does the group's work in between.
        await billing.DisposeAsync();
        await system.StopBillingAsync();
        try
        {
            foreach (var company in companies)
            {
                await system.RenameCompanyAsync(company, $"Changed {company}");
            }
        }
        finally
        {
            await system.StartBillingAsync();
        }

        foreach (var company in companies)
        {
            var preview = await system.Billing.GetAsync(Paths.Preview(company), Paths.Billing);
            Assert.True(preview.Status == HttpStatusCode.OK, preview.ToString());
            Assert.Equal($"Changed {company}", preview.Json.GetProperty("companyName").GetString());
        }

        await Eventually.Until(
            BillingGroupAsync,
            group => group is { Pending: 0, Lag: 0 },
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    private async Task<(long Pending, long? Lag)> BillingGroupAsync()
    {
        var groups = (RedisResult[])
            (await system.Connection.GetDatabase().ExecuteAsync("XINFO", "GROUPS", "{cache:invalidation}:stream"))!;
        var fields = groups
            .Select(group => ((RedisResult[])group!).Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => pair[1]))
            .Single(group => (string?)group["name"] == "billing");
        return ((long)fields["pending"], (long?)fields["lag"]);
    }

    /// <summary>What Redis holds of the permissions of user 3; the value is JSON, behind a header.</summary>
    private async Task<string> PermissionInRedisAsync() =>
        Encoding.Latin1.GetString(
            (byte[]?)await system.Connection.GetDatabase().StringGetAsync("billing:1:user:3:permissions") ?? []
        );

    private static async Task AssertStatusAsync(
        ServiceProcess billing,
        string path,
        string position,
        HttpStatusCode expected
    )
    {
        var answer = await billing.GetAsync(path, ("X-User-Id", "3"), ("RedisFlow-Min-Position", position));
        Assert.True(answer.Status == expected, $"Expected {expected} at {position}: {answer}");
    }
}
