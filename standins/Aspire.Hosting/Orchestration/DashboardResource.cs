using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Orchestration;

/// <summary>The dashboard, as a hidden resource of the application: DCP starts it first and ends it with everything else.</summary>
internal sealed partial class DashboardResource(
    IOptions<DcpOptions> dcpOptions,
    IOptions<DashboardOptions> options,
    DashboardServiceHost resourceService,
    IHttpClientFactory clients,
    DistributedApplicationOptions applicationOptions,
    IConfiguration configuration,
    ILogger<DistributedApplication> logger)
{
    private const string AllowUnsecured = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Settles the addresses and secrets that the dashboard and those who send it telemetry must agree on.</summary>
    public static void AddSettings(ConfigurationManager configuration, IUserSecretsManager secrets)
    {
        secrets.GetOrSetSecret(configuration, "AppHost:OtlpApiKey", NewToken);
        var settings = new Dictionary<string, string?>
        {
            ["AppHost:BrowserToken"] = FirstOf("AppHost:BrowserToken", "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN") ?? NewToken(),
            ["AppHost:ResourceService:AuthMode"] = "ApiKey",
            ["AppHost:ResourceService:ApiKey"] =
                FirstOf("ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY", "DOTNET_DASHBOARD_RESOURCESERVICE_APIKEY") ?? NewToken(),
        };
        if (OtlpEndpoint.GrpcUrl(configuration) is null && OtlpEndpoint.HttpUrl(configuration) is null)
        {
            settings["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{FreePort()}";
        }
        else
        {
            settings["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = OtlpEndpoint.GrpcUrl(configuration);
            settings["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = OtlpEndpoint.HttpUrl(configuration);
        }

        configuration.AddInMemoryCollection(settings.Where(setting => setting.Value is not null));

        string? FirstOf(params string[] keys) => keys.Select(key => configuration[key]).FirstOrDefault(value => !string.IsNullOrEmpty(value));
    }

    public Task AddToAsync(BeforeStartEvent starting, CancellationToken cancellationToken)
    {
        RequireTransportSecurity();
        var path = dcpOptions.Value.DashboardPath;
        if (!File.Exists(path))
        {
            throw new DistributedApplicationException(
                $"The Aspire dashboard is not installed at \"{path}\". The application cannot be run without it. Start it with ./run, which installs it, or set DcpPublisher:DashboardPath to the path of the aspire-managed program.");
        }

        var dashboard = new ExecutableResource(DashboardLaunch.ResourceName, path, Path.GetDirectoryName(path)!);
        dashboard.Annotations.Add(new ResourceSnapshotAnnotation(new() { ResourceType = "Executable", Properties = [], IsHidden = true }));
        dashboard.Annotations.Add(ManifestPublishingCallbackAnnotation.Ignore);
        dashboard.Annotations.Add(new CommandLineArgsCallbackAnnotation(arguments =>
        {
            foreach (var argument in DashboardLaunch.Arguments)
            {
                arguments.Add(argument);
            }
        }));
        dashboard.Annotations.Add(new EnvironmentCallbackAnnotation(async context =>
        {
            var address = await resourceService.GetResourceServiceUriAsync(context.CancellationToken);
            foreach (var (name, value) in DashboardLaunch.GetEnvironment(options.Value, address))
            {
                context.EnvironmentVariables[name] = value;
            }
        }));
        starting.Model.Resources.Insert(0, dashboard);
        return Task.CompletedTask;
    }

    /// <summary>Says where the dashboard is once it answers.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        try
        {
            using var client = clients.CreateClient(nameof(DashboardProbe));
            await DashboardProbe.WaitUntilReadyAsync(client, options.Value, timeout.Token);
            DashboardLaunch.LogAddress(logger, options.Value);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotReady(options.Value.FrontendUrl, StartTimeout.TotalSeconds);
        }
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void RequireTransportSecurity()
    {
        var isAllowed = applicationOptions.AllowUnsecuredTransport
            || string.Equals(configuration[AllowUnsecured], "true", StringComparison.OrdinalIgnoreCase);
        if (!isAllowed && configuration["ASPNETCORE_URLS"] is { } urls && urls.Split(';')[0].StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            throw new DistributedApplicationException(
                $"The 'applicationUrl' setting must be an https address unless the '{AllowUnsecured}' environment variable is set to true. This configuration is commonly set in the launch profile.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "The dashboard at {Url} did not answer within {Seconds} s.")]
    private partial void LogNotReady(string url, double seconds);
}

internal static class DashboardBuilderExtensions
{
    public static void AddDashboard(this DistributedApplicationBuilder builder)
    {
        DashboardResource.AddSettings(builder.Configuration, builder.UserSecretsManager);
        builder.Services.AddDashboard();
        builder.Services.AddSingleton<DashboardResource>();

        // Not awaited: whether the dashboard answers is of no concern to the others.
        builder.Eventing.Subscribe<BeforeStartEvent>(async (starting, cancellationToken) =>
        {
            var dashboard = starting.Services.GetRequiredService<DashboardResource>();
            await dashboard.AddToAsync(starting, cancellationToken);
            var stopping = starting.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            builder.Eventing.Subscribe<ResourceReadyEvent>((ready, cancelled) =>
            {
                if (ready.Resource.Name == DashboardLaunch.ResourceName && !cancelled.IsCancellationRequested)
                {
                    _ = dashboard.AnnounceAsync(stopping);
                }

                return Task.CompletedTask;
            });
        });
    }
}
