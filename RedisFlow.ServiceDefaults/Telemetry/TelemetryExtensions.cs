using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RedisFlow.AspNetCore.Instances;
using RedisFlow.ServiceDefaults.Health;

namespace RedisFlow.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs.</summary>
internal static class TelemetryExtensions
{
    private const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The project's own activity sources; each is also the name of a meter.</summary>
    private static readonly string[] Own = ["RedisFlow.Streams", "RedisFlow.Caching"];

    public static void AddTelemetryDefaults(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder))
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddMeter([.. Own, builder.Environment.ApplicationName])
            )
            .WithTracing(tracing =>
                tracing
                    .AddAspNetCoreInstrumentation(requests =>
                        requests.Filter = http => !HealthPaths.Contains(http.Request.Path)
                    )
                    .AddHttpClientInstrumentation()
                    .AddProcessor<BackgroundRedisSpans>()
                    .AddSource([.. Own, builder.Environment.ApplicationName])
            );

        // Without a collector, nothing is exported, and nothing waits for one.
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
        var id =
            ResourceAttributes.Find(builder.Configuration[ResourceAttributes.Setting], ResourceAttributes.InstanceId)
            ?? identity.Id;
        resource.AddService(identity.Service, serviceInstanceId: id);
    }
}
