using Microsoft.AspNetCore.Builder;
using RedisFlow.AspNetCore.Positions;

namespace RedisFlow.ServiceDefaults.Hosting;

/// <summary>The middleware of the defaults.</summary>
internal static class DefaultPipeline
{
    /// <summary>
    /// Adds the middleware, the outermost first. No startup filter: that would put it outside the developer exception
    /// page, which answers with stack traces in Development.
    /// </summary>
    public static void UseDefaultPipeline(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();

        // Before anything waits or is checked for a request, the admin key included.
        app.UseRateLimiter();

        // Outside the timeouts: the wait for a position has a bound of its own, and takes nothing from the time to
        // serve the request.
        app.UsePositions();
        app.UseRequestTimeouts();
    }
}
