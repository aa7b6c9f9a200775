using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StandIns.Packages.Tests;

public sealed partial class OpenTelemetryTests
{
    [Fact]
    public async Task The_providers_are_built_before_other_services_start_and_share_the_resource()
    {
        using var source = new ActivitySource("StandIns.Test.Source");
        using var meter = new Meter("StandIns.Test.Meter");
        var counter = meter.CreateCounter<long>("starts");
        var spans = new List<Activity>();
        var logs = new List<string?>();
        var metrics = new Metrics();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHostedService(services => new Worker(source, counter, services.GetRequiredService<ILogger<Worker>>()));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("worker"))
            .WithTracing(tracing => tracing.AddSource(source.Name).AddProcessor(new Spans(spans)))
            .WithMetrics(m => m.AddMeter(meter.Name).AddReader(new BaseExportingMetricReader(metrics)))
            .WithLogging(logging => logging.AddProcessor(new Logs(logs)));
        builder.Services.AddOpenTelemetry();

        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        host.Services.GetRequiredService<MeterProvider>().ForceFlush();

        Assert.Single(builder.Services, d => d.ServiceType == typeof(IHostedService) && d.ImplementationType?.Name == "TelemetryHostedService");
        Assert.Equal("start", Assert.Single(spans).DisplayName);
        Assert.Contains("starts", metrics.Names);
        Assert.Contains("Started", logs);
        Assert.Contains(
            host.Services.GetRequiredService<TracerProvider>().GetResource().Attributes,
            attribute => attribute is { Key: "service.name", Value: "worker" });
    }

    [Fact]
    public async Task The_OTLP_exporter_can_be_used()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOpenTelemetry().WithTracing().WithMetrics().WithLogging().UseOtlpExporter();

        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(host.Services.GetService<TracerProvider>());
        Assert.NotNull(host.Services.GetService<MeterProvider>());
        Assert.NotNull(host.Services.GetService<LoggerProvider>());
    }

    private sealed partial class Worker(ActivitySource source, Counter<long> starts, ILogger<Worker> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            using var span = source.StartActivity("start");
            starts.Add(1);
            LogStarted();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        [LoggerMessage(LogLevel.Information, "Started")]
        private partial void LogStarted();
    }

    private sealed class Spans(List<Activity> kept) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => kept.Add(data);
    }

    // Records go back to a pool: what is kept is the text.
    private sealed class Logs(List<string?> kept) : BaseProcessor<LogRecord>
    {
        public override void OnEnd(LogRecord data) => kept.Add(data.Body);
    }

    private sealed class Metrics : BaseExporter<Metric>
    {
        public List<string> Names { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                Names.Add(metric.Name);
            }

            return ExportResult.Success;
        }
    }
}
