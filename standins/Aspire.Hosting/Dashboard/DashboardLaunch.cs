namespace Aspire.Hosting.Dashboard;

/// <summary>How the dashboard's process is started.</summary>
internal static class DashboardLaunch
{
    /// <summary>The dashboard's name in the application model, where it is hidden.</summary>
    public const string ResourceName = "aspire-dashboard";

    /// <summary>The arguments that make <see cref="DashboardOptions.DashboardPath"/> the dashboard.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["dashboard"];

    /// <param name="options">The dashboard's settings.</param>
    /// <param name="resourceServiceUri">The address that <see cref="DashboardServiceHost"/> listens on.</param>
    public static Dictionary<string, string> GetEnvironment(DashboardOptions options, string resourceServiceUri)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = options.AspNetCoreEnvironment,
            ["ASPNETCORE_URLS"] = options.DashboardUrl,
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = options.OtlpGrpcEndpointUrl,
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = options.OtlpHttpEndpointUrl,
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = resourceServiceUri,
            ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = options.ResourceServiceApiKey,
            ["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true",
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "json",
        };

        Secure("FRONTEND", "BrowserToken", "BROWSERTOKEN", options.DashboardToken);
        Secure("OTLP", "ApiKey", "PRIMARYAPIKEY", options.OtlpApiKey);

        string[] urls = [.. options.DashboardUrl.Split(';'), options.OtlpGrpcEndpointUrl, options.OtlpHttpEndpointUrl, resourceServiceUri];
        if (urls.Any(url => url.StartsWith("http:", StringComparison.OrdinalIgnoreCase)))
        {
            environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        }

        return environment;

        void Secure(string part, string mode, string name, string secret)
        {
            environment[$"DASHBOARD__{part}__AUTHMODE"] = secret.Length > 0 ? mode : "Unsecured";
            if (secret.Length > 0)
            {
                environment[$"DASHBOARD__{part}__{name}"] = secret;
            }
        }
    }

    /// <summary>Tells where the dashboard is, once it is there.</summary>
    public static void LogAddress(ILogger logger, DashboardOptions options)
    {
        logger.DashboardListening(options.FrontendUrl);
        if (options.LoginUrl is { } loginUrl)
        {
            logger.DashboardLogin(loginUrl);
        }
    }
}
