using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Aspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Says on the console what else only the dashboard shows.</summary>
public static class ConsoleBuilderExtensions
{
    /// <summary>Says on the console, once, when all services are ready, and where they can be called.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="services">The services, in the order in which they are listed.</param>
    /// <param name="endpointName">The name of the endpoint that is shown. The default is <c>http</c>.</param>
    public static void AnnounceWhenReady(
        this IDistributedApplicationBuilder builder,
        IReadOnlyList<IResourceBuilder<IResourceWithEndpoints>> services,
        string endpointName = "http"
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(services);
        var announcement = new ReadyAnnouncement(builder.Environment.ApplicationName, services, endpointName);
        foreach (var service in services)
        {
            service.OnResourceReady(
                (resource, ready, _) =>
                {
                    announcement.Ready(resource, ready.Services.GetRequiredService<ILoggerFactory>());
                    return Task.CompletedTask;
                }
            );
        }
    }

    /// <summary>
    /// Says on the console when a resource ends before it was ready, with its last lines. Aspire shows that in the
    /// dashboard only, while everything that depends on the resource goes on waiting for it.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="advice">
    /// Where to read what to do, e.g. <c>docs/operations.md</c>. The default is <c>null</c>: nothing is said of that.
    /// </param>
    public static void AnnounceEarlyEnds(this IDistributedApplicationBuilder builder, string? advice = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        // Not a hosted service: the orchestrator's own one is started first, and is not done until every resource is.
        builder.OnBeforeStart(
            (start, stop) =>
            {
                var watch = new EarlyEndWatch(
                    start.Services.GetRequiredService<ResourceNotificationService>(),
                    start.Services.GetRequiredService<ResourceLoggerService>(),
                    start.Services.GetRequiredService<ILogger<EarlyEndWatch>>(),
                    advice
                );
                _ = watch.RunAsync(start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
                return Task.CompletedTask;
            }
        );
    }
}
