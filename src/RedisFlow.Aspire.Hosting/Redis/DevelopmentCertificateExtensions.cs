#pragma warning disable ASPIRECERTIFICATES001 // Aspire has no other switch for certificates.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>Chooses whether resources use the development certificate.</summary>
public static partial class DevelopmentCertificateExtensions
{
    /// <summary>
    /// Lets Redis in a container speak TLS where the machine trusts a development certificate, and pins it off where
    /// it does not. The services speak HTTP in both cases. Without this choice Aspire reports a missing certificate as
    /// an error, which nothing here needs.
    /// </summary>
    /// <param name="builder">The application.</param>
    public static void UseTlsWhereTrusted(this IDistributedApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        var category = builder.Environment.ApplicationName;
        builder.OnBeforeStart(
            (start, _) =>
            {
                var trusted = start.Services.GetRequiredService<IDeveloperCertificateService>().UseForHttps;
                foreach (var resource in start.Model.Resources)
                {
                    if (resource is ProjectResource or RedisResource)
                    {
                        resource.Annotations.Add(
                            new HttpsCertificateAnnotation
                            {
                                UseDeveloperCertificate = trusted && resource is RedisResource,
                            }
                        );
                    }
                }

                if (!trusted && start.Model.Resources.OfType<RedisResource>().Any())
                {
                    var logger = start.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
                    LogNoTls(logger);
                }

                return Task.CompletedTask;
            }
        );
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Redis speaks no TLS: no development certificate is trusted. "
            + "To have one: dotnet dev-certs https --trust"
    )]
    private static partial void LogNoTls(ILogger logger);
}
