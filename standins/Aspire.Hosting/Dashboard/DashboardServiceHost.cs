using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dashboard;

/// <summary>Listens for the dashboard: HTTP/2 without TLS, on the loopback interface only.</summary>
internal sealed class DashboardServiceHost(
    IOptions<DashboardOptions> options,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands,
    ILoggerFactory loggerFactory) : IHostedService, IAsyncDisposable
{
    private readonly TaskCompletionSource<string> _uri = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;

    /// <summary>The address, as soon as it is listened on.</summary>
    public Task<string> GetResourceServiceUriAsync(CancellationToken cancellationToken = default) => _uri.Task.WaitAsync(cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var logger = loggerFactory.CreateLogger<DashboardServiceHost>();
            _app = CreateApp(logger);
            await _app.StartAsync(cancellationToken);
            var uri = _app.Urls.Single();
            logger.ResourceServiceListening(uri);
            _uri.SetResult(uri);
        }
        catch (Exception exception)
        {
            _uri.TrySetException(exception);
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _uri.TrySetCanceled(CancellationToken.None);
        if (_app is not null)
        {
            await _app.StopAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private WebApplication CreateApp(ILogger logger)
    {
        // Empty: the application's own settings, such as ASPNETCORE_URLS, are not for this server.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(DashboardServiceHost).Assembly.GetName().Name });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new ForwardingLoggerProvider(loggerFactory));
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // Streams are idle while nothing changes.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(GetEndpoint(options.Value.ResourceServiceUrl), listen => listen.Protocols = HttpProtocols.Http2);
        });

        var app = builder.Build();
        var service = new DashboardService(options.Value.ApplicationName, notifications, loggers, commands, TimeProvider.System);
        var key = new ResourceServiceApiKey(options.Value.ResourceServiceApiKey);
        var server = new GrpcServer(key.Authorize, app.Lifetime.ApplicationStopping, logger);
        service.Map(server);
        app.Run(server.HandleAsync);
        return app;
    }

    private static IPEndPoint GetEndpoint(Uri? url)
    {
        if (url is null)
        {
            return new(IPAddress.Loopback, 0);
        }

        if (url.Scheme != Uri.UriSchemeHttp || !url.IsLoopback)
        {
            throw new DistributedApplicationException(
                $"ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL is '{url}', but must be an http address of this machine, "
                + "such as http://127.0.0.1:20000.");
        }

        return new(IPAddress.TryParse(url.DnsSafeHost, out var address) ? address : IPAddress.Loopback, url.Port);
    }

    /// <summary>This server lives as long as its host says, and does not listen for Ctrl+C itself.</summary>
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>This server logs where the application does; that it started and what is asked of it is of no interest there.</summary>
    private sealed class ForwardingLoggerProvider(ILoggerFactory loggerFactory) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggerFactory.CreateLogger(categoryName);

        public void Dispose()
        {
            // The factory is the application's.
        }
    }
}
