using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RedisFlow.AppHost;

/// <summary>Says on the console when the services can be called, and where.</summary>
internal static partial class ReadyAnnouncement
{
    public static void AnnounceWhenReady(this IDistributedApplicationBuilder builder, params IResourceBuilder<ProjectResource>[] services)
    {
        var waiting = services.Length;
        foreach (var service in services)
        {
            // Ready fires again after a restart: only the first time counts.
            var announced = 0;
            service.OnResourceReady((_, ready, _) =>
            {
                if (Interlocked.Exchange(ref announced, 1) == 0 && Interlocked.Decrement(ref waiting) == 0)
                {
                    var logger = ready.Services.GetRequiredService<ILoggerFactory>().CreateLogger("RedisFlow.AppHost");
                    var addresses = string.Join(Environment.NewLine, services.Select(Describe));
                    LogReady(logger, addresses);
                }

                return Task.CompletedTask;
            });
        }
    }

    private static string Describe(IResourceBuilder<ProjectResource> service) =>
        $"  {service.Resource.Name,-13} {service.GetEndpoint("http").Url}";

    [LoggerMessage(Level = LogLevel.Information, Message = "All services are ready:\n{Services}")]
    private static partial void LogReady(ILogger logger, string services);
}
