using System.Net;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace StandIns.Tests;

public sealed class DashboardLaunchTests
{
    [Fact]
    public void What_is_not_configured_is_made_up()
    {
        var options = Configure([]);
        var again = Configure([]);

        Assert.Equal("Shop", options.ApplicationName);
        Assert.Equal("/opt/aspire-managed", options.DashboardPath);
        Assert.Null(options.ResourceServiceUrl);
        string[] urls = [options.DashboardUrl, options.OtlpGrpcEndpointUrl, options.OtlpHttpEndpointUrl];
        Assert.Equal(3, urls.Distinct().Count());
        Assert.All(urls, url => Assert.True(new Uri(url) is { Scheme: "http", IsLoopback: true, Port: > 0 }));
        Assert.All([options.DashboardToken, options.OtlpApiKey, options.ResourceServiceApiKey], secret => Assert.Equal(32, secret.Length));
        Assert.Equal(3, new HashSet<string> { options.DashboardToken, options.OtlpApiKey, options.ResourceServiceApiKey }.Count);
        Assert.NotEqual(options.DashboardToken, again.DashboardToken);
    }

    [Fact]
    public void Settings_reach_the_dashboard()
    {
        var options = Configure(new()
        {
            ["ASPNETCORE_URLS"] = "https://localhost:17000;http://localhost:15000",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "https://localhost:21000",
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "https://localhost:21001",
            ["AppHost:BrowserToken"] = "token",
            ["AppHost:OtlpApiKey"] = "otlp",
            ["AppHost:ResourceService:ApiKey"] = "resources",
        });

        var environment = DashboardLaunch.GetEnvironment(options, "https://localhost:20000");

        Assert.Equal("https://localhost:17000/login?t=token", options.LoginUrl);
        Assert.Equal("https://localhost:17000;http://localhost:15000", environment["ASPNETCORE_URLS"]);
        Assert.Equal("https://localhost:21000", environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);
        Assert.Equal("https://localhost:21001", environment["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"]);
        Assert.Equal("https://localhost:20000", environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]);
        Assert.Equal(("BrowserToken", "token"), (environment["DASHBOARD__FRONTEND__AUTHMODE"], environment["DASHBOARD__FRONTEND__BROWSERTOKEN"]));
        Assert.Equal(("ApiKey", "otlp"), (environment["DASHBOARD__OTLP__AUTHMODE"], environment["DASHBOARD__OTLP__PRIMARYAPIKEY"]));
        Assert.Equal(
            ("ApiKey", "resources"),
            (environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"], environment["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"]));
        Assert.Equal("true", environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"]);
    }

    [Fact]
    public void Without_secrets_and_with_https_only_nothing_is_allowed_that_need_not_be()
    {
        var options = new DashboardOptions
        {
            DashboardUrl = "https://localhost:1/",
            OtlpGrpcEndpointUrl = "https://localhost:2",
            OtlpHttpEndpointUrl = "https://localhost:3",
        };

        var environment = DashboardLaunch.GetEnvironment(options, "https://localhost:4");

        Assert.Null(options.LoginUrl);
        Assert.Equal("https://localhost:1", options.FrontendUrl);
        Assert.Equal("Unsecured", environment["DASHBOARD__FRONTEND__AUTHMODE"]);
        Assert.Equal("Unsecured", environment["DASHBOARD__OTLP__AUTHMODE"]);
        Assert.DoesNotContain("ASPIRE_ALLOW_UNSECURED_TRANSPORT", environment.Keys);
    }

    [Fact]
    public async Task The_probe_waits_until_the_dashboard_answers()
    {
        using var dashboard = new StartingDashboard();
        using var client = new HttpClient(dashboard, disposeHandler: false);

        await DashboardProbe.WaitUntilReadyAsync(client, new() { DashboardUrl = "http://localhost:1" }, ApplicationModelServices.DeadlineToken);

        Assert.Equal(3, dashboard.Requests);
    }

    private static DashboardOptions Configure(Dictionary<string, string?> settings)
    {
        var options = new DashboardOptions();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var environment = new HostingEnvironment { ApplicationName = "Shop.AppHost" };
        var dcp = Options.Create(new DcpOptions { DashboardPath = "/opt/aspire-managed" });
        new ConfigureDashboardOptions(configuration, environment, dcp).Configure(options);
        return options;
    }

    /// <summary>Refuses the connection, is not ready, is ready.</summary>
    private sealed class StartingDashboard : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => ++Requests switch
        {
            1 => Task.FromException<HttpResponseMessage>(new HttpRequestException("refused")),
            2 => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
            _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)),
        };
    }
}
