using System.Security.Cryptography;
using RedisFlow.Integration;
using RedisFlow.Testing;

namespace RedisFlow.Browser;

/// <summary>The whole system with its dashboard, on free ports of 127.0.0.1, behind a login token of its own.</summary>
public sealed class DashboardApplication : RedisFlowApplication
{
    /// <summary>How many companies the command for sample data creates.</summary>
    public const int SampleCompanies = 8;

    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The dashboard's address.</summary>
    public Uri Dashboard { get; } = FreeAddress();

    /// <summary>The address that logs in, as the AppHost prints it.</summary>
    public Uri Login => new(Dashboard, $"/login?t={_token}");

    protected override bool HasDashboard => true;

    protected override IReadOnlyList<string> Settings =>
    [
        $"--ASPNETCORE_URLS={Dashboard.GetLeftPart(UriPartial.Authority)}",
        $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={_token}",
        $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL={FreeAddress().GetLeftPart(UriPartial.Authority)}",
        $"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL={FreeAddress().GetLeftPart(UriPartial.Authority)}",
        "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
        $"--Commands:SampleCompanies={SampleCompanies}",

        // The screenshots show the ports that the README speaks of.
        .. Screenshots.AreUpdated ? (string[])["--DcpPublisher:RandomizePorts=false"] : [],
    ];

    private static Uri FreeAddress() => new($"http://127.0.0.1:{FreePort.Find()}");
}
