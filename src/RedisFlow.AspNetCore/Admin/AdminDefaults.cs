using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RedisFlow.AspNetCore.Admin;

/// <summary>Registers the admin key, its check, and the limit on requests that bring one.</summary>
public static class AdminDefaults
{
    /// <summary>
    /// Adds the admin key, which guards operators' endpoints, their rate limit, and the platform's validation, by which
    /// they refuse wrong parameters.
    /// </summary>
    public static void AddAdminDefaults(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<AdminOptions>().BindConfiguration(AdminOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AdminOptions>, AdminOptionsValidator>());
        services.TryAddSingleton<AdminKeyCheck>();
        services.AddValidation();
        services.AddRateLimiter(limiter => limiter.AddPolicy<IPAddress, AdminRateLimit>(AdminRateLimit.Policy));
    }
}
