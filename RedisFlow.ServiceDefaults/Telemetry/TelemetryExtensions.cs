using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Resources;
using RedisFlow.ServiceDefaults.Instances;

namespace RedisFlow.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs.</summary>
internal static class TelemetryExtensions
{
    private const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetryDefaults(this IHostApplicationBuilder builder)
    {
        RequestSpanAttributes.Enable();
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder))
            .WithMetrics(metrics => metrics
                .AddMeter([.. TelemetryNames.PlatformMeters, .. TelemetryNames.Project, builder.Environment.ApplicationName]))
            .WithTracing(tracing => tracing
                .AddSource([.. TelemetryNames.PlatformSources, .. TelemetryNames.Project, builder.Environment.ApplicationName]));

        // Where nobody collects, nothing is exported, and nothing waits for a collector.
        if (!string.IsNullOrWhiteSpace(builder.Configuration[EndpointSetting]))
        {
            telemetry.UseOtlpExporter();
            builder.Services.AddBoundedTelemetryShutdown();
        }
    }

    private static void Describe(ResourceBuilder resource, IHostApplicationBuilder builder)
    {
        var identity = builder.GetInstanceIdentity();

        // An orchestrator that names instances finds their telemetry by that name: it wins over Instance:Id here.
        var id = ResourceAttributes.Find(builder.Configuration[ResourceAttributes.Setting], ResourceAttributes.InstanceId) ?? identity.Id;
        resource.AddService(identity.Service, serviceInstanceId: id);
    }
}
