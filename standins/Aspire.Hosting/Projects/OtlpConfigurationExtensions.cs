using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Sends a resource's telemetry to the dashboard.</summary>
public static class OtlpConfigurationExtensions
{
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment
    {
        AddOtlpEnvironment(builder.Resource, builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.Environment);
        return builder;
    }

    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol protocol)
        where T : IResourceWithEnvironment
    {
        AddOtlpEnvironment(builder.Resource, builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.Environment, protocol);
        return builder;
    }

    public static void AddOtlpEnvironment(IResource resource, IConfiguration configuration, IHostEnvironment environment) =>
        Add(resource, configuration, environment, protocol: null);

    public static void AddOtlpEnvironment(IResource resource, IConfiguration configuration, IHostEnvironment environment, OtlpProtocol protocol) =>
        Add(resource, configuration, environment, protocol);

    private static void Add(IResource resource, IConfiguration configuration, IHostEnvironment environment, OtlpProtocol? protocol)
    {
        resource.Annotations.Add(new OtlpExporterAnnotation { RequiredProtocol = protocol });
        resource.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            if (!context.ExecutionContext.IsRunMode || !resource.TryGetLastAnnotation<OtlpExporterAnnotation>(out var annotation))
            {
                return;
            }

            var variables = context.EnvironmentVariables;
            var (url, name) = OtlpEndpoint.Resolve(configuration, annotation.RequiredProtocol);
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = new HostUrl(url);
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = name;
            if (configuration["AppHost:OtlpApiKey"] is { } apiKey)
            {
                variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={apiKey}";
            }

            // DCP fills these in for each instance.
            variables["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id={{- index .Annotations \"otel-service-instance-id\" -}}";
            variables["OTEL_SERVICE_NAME"] = "{{- index .Annotations \"otel-service-name\" -}}";
            if (environment.IsDevelopment())
            {
                foreach (var delay in (string[])["OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL"])
                {
                    variables[delay] = "1000"; // milliseconds
                }

                variables["OTEL_TRACES_SAMPLER"] = "always_on";
                variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            }
        }));
    }
}

/// <summary>The encodings of OTLP.</summary>
public enum OtlpProtocol
{
    Grpc = 0,
    HttpProtobuf = 1,
    HttpJson = 2,
}

internal static class OtlpEndpoint
{
    private const string DefaultGrpcUrl = "http://localhost:18889";

    public static string? GrpcUrl(IConfiguration configuration) =>
        configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"];

    public static string? HttpUrl(IConfiguration configuration) =>
        configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"];

    public static (string Url, string Protocol) Resolve(IConfiguration configuration, OtlpProtocol? required) => (required, GrpcUrl(configuration), HttpUrl(configuration)) switch
    {
        (OtlpProtocol.Grpc, { } grpc, _) => (grpc, "grpc"),
        (OtlpProtocol.HttpProtobuf, _, { } http) => (http, "http/protobuf"),
        (OtlpProtocol.HttpJson, _, { } http) => (http, "http/json"),
        (null, { } grpc, _) => (grpc, "grpc"),
        (null, null, { } http) => (http, "http/protobuf"),
        (null or OtlpProtocol.Grpc, null, _) => (DefaultGrpcUrl, "grpc"),
        _ => throw new InvalidOperationException("OtlpExporter is configured to require http, but no endpoint was configured for ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL."),
    };
}
