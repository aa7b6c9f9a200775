using System.Security.Cryptography;
using Aspire.Hosting.Testing;
using RedisFlow.Integration;
using RedisFlow.Testing;

namespace RedisFlow.Browser;

/// <summary>The whole system with its dashboard, on free ports, behind a login token of its own.</summary>
public sealed class DashboardApplication : RedisFlowApplication
{
    /// <summary>How many companies the command for sample data creates.</summary>
    public const int SampleCompanies = 8;

    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The dashboard's address. Its port is random, unlike under <c>./run</c>.</summary>
    public Uri Dashboard => Application.GetEndpoint("aspire-dashboard", "http");

    /// <summary>The address that logs in, as the AppHost prints it.</summary>
    public Uri Login => new(Dashboard, $"/login?t={_token}");

    protected override bool HasDashboard => true;

    protected override IReadOnlyList<string> Settings =>
        [
            $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={_token}",
            $"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://127.0.0.1:{FreePort.Find()}",
            $"--Commands:SampleCompanies={SampleCompanies}",
            // The screenshots show the ports that the README speaks of.
            .. Screenshots.AreUpdated ? (string[])["--DcpPublisher:RandomizePorts=false"] : [],
        ];
}
