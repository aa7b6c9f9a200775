namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard listens, and the secrets between it, the browser, the resource service and telemetry's senders.</summary>
internal sealed class DashboardOptions
{
    /// <summary>The program <c>aspire-managed</c>; empty: there is no dashboard.</summary>
    public string DashboardPath { get; set; } = "";

    /// <summary>The dashboard's addresses, separated by semicolons; the first one is the browser's.</summary>
    public string DashboardUrl { get; set; } = "";

    /// <summary>The token of the login page; empty: nobody has to log in.</summary>
    public string DashboardToken { get; set; } = "";

    public string OtlpGrpcEndpointUrl { get; set; } = "";

    public string OtlpHttpEndpointUrl { get; set; } = "";

    /// <summary>What telemetry's senders put into the header <c>x-otlp-api-key</c>; empty: nothing.</summary>
    public string OtlpApiKey { get; set; } = "";

    /// <summary>The resource service's address; <see langword="null"/>: 127.0.0.1 and a free port.</summary>
    public Uri? ResourceServiceUrl { get; set; }

    /// <summary>What the dashboard shows to the resource service.</summary>
    public string ResourceServiceApiKey { get; set; } = "";

    /// <summary>What the dashboard calls the application.</summary>
    public string ApplicationName { get; set; } = "";

    /// <summary>The dashboard's <c>ASPNETCORE_ENVIRONMENT</c>.</summary>
    public string AspNetCoreEnvironment { get; set; } = "Production";

    /// <summary>The browser's address of the dashboard.</summary>
    public string FrontendUrl => DashboardUrl.Split(';')[0].TrimEnd('/');

    /// <summary>The browser's address that logs in at once.</summary>
    public string? LoginUrl => DashboardToken.Length > 0 ? $"{FrontendUrl}/login?t={DashboardToken}" : null;
}
