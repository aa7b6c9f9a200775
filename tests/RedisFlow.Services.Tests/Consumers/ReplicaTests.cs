using System.Net;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests.Consumers;

public sealed class ReplicaTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_at_a_position_is_not_answered_with_what_a_replica_has_that_is_behind()
    {
        await using var master = await RedisServer.StartAsync(Cancellation);
        await using var replica = await RedisServer.StartAsync(Cancellation);
        using var atReplica = await replica.ConnectAsync(admin: true);
        await replica.ReplicateAsync(master);
        var both = ("ConnectionStrings:redis", $"127.0.0.1:{master.Port},{replica.ConnectionString}");
        await using var organization = await ServiceProcess.StartAsync("Organization", both);
        await using var reporting = await ServiceProcess.StartAsync(
            "Reporting",
            both,
            ("services:organization:http:0", organization.Address)
        );
        var companies = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            var created = await organization.SendJsonAsync(HttpMethod.Post, "api/companies", new { name = "Old" });
            companies.Add(created.Json.GetProperty("id").GetInt64());
        }

        await Eventually.Until(
            async () => await atReplica.GetDatabase().StreamLengthAsync("{cache:invalidation}:stream"),
            length => length == companies.Count,
            cancellationToken: Cancellation
        );
        await CutAsync(master);
        var position = "";
        foreach (var company in companies)
        {
            var renamed = await organization.SendJsonAsync(
                HttpMethod.Put,
                $"api/companies/{company}",
                new { name = "New" }
            );
            position = renamed.Header("RedisFlow-Position");
        }

        var seen = await reporting.GetAsync(Paths.Report(companies[0]), ("RedisFlow-Min-Position", position));
        Assert.Contains("\"New\"", seen.Text, StringComparison.Ordinal);
        await master.KillAsync();

        // Each of them is read for the first time, as long as it is not answered.
        foreach (var company in companies[1..])
        {
            var answer = await reporting.GetAsync(Paths.Report(company), ("RedisFlow-Min-Position", position));
            Assert.True(answer.Status == HttpStatusCode.ServiceUnavailable, answer.ToString());
        }
    }

    /// <summary>The replica hears nothing any more.</summary>
    private static async Task CutAsync(RedisServer master)
    {
        using var control = await master.ConnectAsync(admin: true);
        await control.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "-psync", "-sync");
        await control.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "replica");
    }
}
