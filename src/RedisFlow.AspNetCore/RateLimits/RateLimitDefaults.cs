using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RedisFlow.AspNetCore.RateLimits;

/// <summary>Registers the limit that all endpoints have in common; endpoints for operators have one more.</summary>
public static class RateLimitDefaults
{
    /// <summary>Adds a rate limit per client address.</summary>
    public static void AddRateLimitDefaults(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<RateLimitOptions>, RateLimitOptionsValidator>()
        );
        services
            .AddOptions<RateLimiterOptions>()
            .Configure<IOptions<RateLimitOptions>>(
                (limiter, options) =>
                {
                    var perSecond = options.Value.RequestsPerSecond;
                    var bucket = new ClientBucket(
                        perSecond,
                        TimeSpan.FromSeconds(1),
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Each client may send {perSecond} requests per second to an instance."
                        ),
                        $"{RateLimitOptions.SectionName}:{nameof(RateLimitOptions.RequestsPerSecond)}"
                    );
                    limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(bucket.PartitionOf);
                    limiter.OnRejected = bucket.RefuseAsync;
                }
            );
        services.AddRateLimiter(_ => { });
    }
}
