using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace RedisFlow.ServiceDefaults.Health;

/// <summary>Health checks and their endpoints.</summary>
internal static class HealthExtensions
{
    /// <summary>
    /// Marks checks that say whether the process should go on living; a restart must be able to repair what they find.
    /// </summary>
    private const string LiveTag = "live";

    /// <summary>How long a check may take that names no limit of its own: a probe that hangs tells nothing.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public static void AddHealthDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var check in options.Registrations.Where(check => check.Timeout == Timeout.InfiniteTimeSpan))
            {
                check.Timeout = Limit;
            }
        });
    }

    public static void MapHealthDefaults(this WebApplication app)
    {
        // Who asks too often must not make an orchestrator believe that the service is down.
        app.MapHealthChecks(HealthPaths.Ready).DisableRateLimiting();
        app.MapHealthChecks(
                HealthPaths.Alive,
                new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) }
            )
            .DisableRateLimiting();
    }
}
