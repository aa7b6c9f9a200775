using System.Net;
using Microsoft.Extensions.Hosting;
using RedisFlow.Testing;

namespace RedisFlow.AspNetCore.Tests;

/// <summary>The health of a service whose Redis is a cluster.</summary>
public sealed class RedisHealthTests
{
    [Fact]
    public async Task A_service_is_healthy_on_a_cluster_and_not_while_the_cluster_is_down()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await RedisServer.StartAsync(["--cluster-enabled", "yes"], stop);
        using var admin = await server.ConnectAsync(admin: true);
        await using var service = await TestService.StartAsync(
            _ => { },
            builder => builder.AddRedis(),
            ("ConnectionStrings:redis", server.ConnectionString)
        );

        // A node that owns no slot: the state of the cluster is "fail", and it refuses every command with a key.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HealthAsync());

        await admin.GetDatabase().ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Eventually.Until(HealthAsync, status => status == HttpStatusCode.OK, cancellationToken: stop);

        async Task<HttpStatusCode> HealthAsync()
        {
            using var response = await service.Client.GetAsync("/health", stop);
            return response.StatusCode;
        }
    }
}
