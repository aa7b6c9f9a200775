using System.Net;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests;

/// <summary>A Redis that is reached by TLS and with a password, as in production.</summary>
public sealed class TlsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_are_published_and_applied_and_no_connection_is_without_TLS()
    {
        await using var redis = await TlsRedis.StartAsync(Cancellation);
        await using var organization = await ServiceProcess.StartAsync("Organization", Trusting(redis));
        await using var reporting = await ServiceProcess.StartAsync(
            "Reporting",
            [.. Trusting(redis), ("services:organization:http:0", organization.Address)]
        );
        var created = await organization.SendJsonAsync(HttpMethod.Post, "api/companies", new { name = "Old" });
        var company = created.Json.GetProperty("id").GetInt64();
        var report = $"api/reports/companies/{company}";
        await reporting.GetUntilAsync(report, answer => answer.Cache == "L1");

        var renamed = await organization.SendJsonAsync(
            HttpMethod.Put,
            $"api/companies/{company}",
            new { name = "New" }
        );
        var read = await reporting.GetAsync(report, ("RedisFlow-Min-Position", renamed.Header("RedisFlow-Position")));

        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Contains("\"New\"", read.Text, StringComparison.Ordinal);
        var connections = await redis.ConnectionsAsync();

        // Each service has one for commands, and those with a tail and a worker one for each blocking read.
        Assert.True(connections.Count >= 4, string.Join(", ", connections));
        Assert.All(connections, connection => Assert.True(connection.IsTls, connection.Name));
    }

    [Fact]
    public async Task A_server_whose_certificate_is_not_trusted_gets_no_password_and_the_service_is_not_ready()
    {
        await using var redis = await TlsRedis.StartAsync(Cancellation);
        await using var organization = await ServiceProcess.LaunchAsync(
            "Organization",
            ("ConnectionStrings:redis", redis.ConnectionString)
        );

        // It has tried, and stays where it is.
        var health = await Eventually.Until(
            () => organization.GetAsync("health"),
            answer => answer.Status == HttpStatusCode.ServiceUnavailable,
            cancellationToken: Cancellation
        );
        Assert.Equal("Unhealthy", health.Text);
        Assert.Empty(await redis.ConnectionsAsync());
        Assert.DoesNotContain("Correct-Horse", organization.Output, StringComparison.Ordinal);
    }

    // The certificates that a process trusts: of this one authority, instead of the machine's.
    private static (string, string)[] Trusting(TlsRedis redis) =>
        [("ConnectionStrings:redis", redis.ConnectionString), ("SSL_CERT_FILE", redis.Certificate)];
}
