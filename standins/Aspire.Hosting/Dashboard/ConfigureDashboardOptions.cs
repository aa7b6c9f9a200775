using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dashboard;

/// <summary>Reads the settings, and makes up what they leave open: free ports and random secrets.</summary>
internal sealed class ConfigureDashboardOptions(IConfiguration configuration, IHostEnvironment environment, IOptions<DcpOptions> dcp)
    : IConfigureOptions<DashboardOptions>
{
    private const string AppHostSuffix = "AppHost";

    public void Configure(DashboardOptions options)
    {
        var free = GetFreeUrls(3);
        options.DashboardPath = dcp.Value.DashboardPath;
        options.DashboardUrl = Get("ASPNETCORE_URLS") ?? free[0];
        options.OtlpGrpcEndpointUrl = Get("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL") ?? free[1];
        options.OtlpHttpEndpointUrl = Get("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL") ?? free[2];
        options.ResourceServiceUrl = Get("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL") is { } url ? new(url) : null;
        options.DashboardToken = Get("AppHost:BrowserToken") ?? Get("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN") ?? GetSecret();
        options.OtlpApiKey = Get("AppHost:OtlpApiKey") ?? GetSecret();
        options.ResourceServiceApiKey = Get("AppHost:ResourceService:ApiKey") ?? GetSecret();
        options.ApplicationName = GetDisplayName(Get("AppHost:DashboardApplicationName") ?? environment.ApplicationName);
        options.AspNetCoreEnvironment = Get("ASPNETCORE_ENVIRONMENT") ?? "Production";
    }

    private static string GetDisplayName(string name)
    {
        var hasSuffix = name.EndsWith(AppHostSuffix, StringComparison.OrdinalIgnoreCase);
        var withoutSuffix = hasSuffix ? name[..^AppHostSuffix.Length].TrimEnd('.') : "";
        return withoutSuffix.Length > 0 ? withoutSuffix : name;
    }

    private static string GetSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string[] GetFreeUrls(int count)
    {
        // All are taken before the first is given back, so that none comes twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => $"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}")];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    private string? Get(string key) => configuration[key] is { Length: > 0 } value ? value : null;
}
