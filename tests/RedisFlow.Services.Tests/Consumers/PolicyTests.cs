using System.Net;

namespace RedisFlow.Services.Tests.Consumers;

/// <summary>
/// What the services' policies do when an entry has expired and Organization does not give a new one.
/// </summary>
public sealed class PolicyTests(RunningSystem system)
{
    private static readonly string[] Viewer = ["viewer"];
    private static readonly string[] Billing = ["billing.read"];

    [Fact]
    public async Task An_expired_report_is_served_marked_as_stale_while_organization_is_down_and_never_after_a_change()
    {
        await using var organization = await system.StartAsync("Organization");
        await using var reporting = await StartAsync("Reporting", organization, "reports", "lists");
        var name = OrganizationSteps.UniqueName();
        var company = await system.CreateCompanyAsync(name);
        var path = Paths.Report(company);
        var loaded = await reporting.GetUntilAsync(path, answer => answer.Status == HttpStatusCode.OK);

        await organization.DisposeAsync();
        var stale = await reporting.GetUntilAsync(path, answer => answer.Cache == "STALE");
        Assert.Equal(loaded.Text, stale.Text);

        var changed = await system.RenameCompanyAsync(company, OrganizationSteps.UniqueName("Changed"));
        var after = await reporting.GetAsync(path, ("RedisFlow-Min-Position", changed.Header("RedisFlow-Position")));
        Problem.AssertIn(after, HttpStatusCode.ServiceUnavailable, "");
    }

    [Fact]
    public async Task That_there_is_no_company_any_more_is_no_fault_that_an_expired_report_may_stand_in_for()
    {
        await using var reporting = await StartAsync("Reporting", system.Organization, "reports", "lists");
        var company = await system.CreateCompanyAsync();
        await reporting.GetUntilAsync(Paths.Report(company), answer => answer.Status == HttpStatusCode.OK);

        // Taken away behind everybody's back: no message drops the report, it only expires.
        var (key, hidden) = (
            $"{{cache:invalidation}}:organization:company:{company}",
            $"{{cache:invalidation}}:hidden:{company}"
        );
        var database = system.Connection.GetDatabase();
        Assert.True(await database.KeyRenameAsync(key, hidden));
        try
        {
            await reporting.GetUntilAsync(
                Paths.Report(company),
                answer => answer.Status == HttpStatusCode.NotFound,
                TimeSpan.FromSeconds(20)
            );
        }
        finally
        {
            await database.KeyRenameAsync(hidden, key);
        }
    }

    [Fact]
    public async Task An_expired_permission_is_not_honoured_while_organization_is_down()
    {
        await using var organization = await system.StartAsync("Organization");
        await using var billing = await StartAsync("Billing", organization, "permissions");
        var path = Paths.Preview(await system.CreateCompanyAsync());
        (string, string) vera = ("X-User-Id", "3");
        try
        {
            // The change drops what other instances may have left in Redis, for longer than this one keeps it.
            var given = await system.SetRolesAsync(3, Billing);
            var permitted = await billing.GetAsync(path, vera, ("RedisFlow-Min-Position", given));
            Assert.True(permitted.Status == HttpStatusCode.OK, permitted.ToString());

            await organization.DisposeAsync();

            // The parts of the invoice are in memory for long. From here on no user may see them.
            await billing.GetUntilAsync(path, answer => answer.Status == HttpStatusCode.ServiceUnavailable, null, vera);
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => billing.GetAsync(path, vera)));
            Assert.All(answers, answer => Problem.AssertIn(answer, HttpStatusCode.ServiceUnavailable, ""));
        }
        finally
        {
            await system.SetRolesAsync(3, Viewer);
        }
    }

    /// <summary>
    /// An instance whose entries of some policies live for a second only; all else is as it is delivered.
    /// </summary>
    private Task<ServiceProcess> StartAsync(string service, ServiceProcess organization, params string[] policies) =>
        system.StartAsync(
            service,
            [
                ("services:organization:http:0", organization.Address),
                .. policies.SelectMany(policy =>
                    new[]
                    {
                        ($"Caching:Policies:{policy}:Expiration", "00:00:01"),
                        ($"Caching:Policies:{policy}:Jitter", "00:00:00"),
                    }
                ),
            ]
        );
}
