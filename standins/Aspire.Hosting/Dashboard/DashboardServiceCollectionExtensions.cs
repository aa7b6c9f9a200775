using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dashboard;

internal static class DashboardServiceCollectionExtensions
{
    /// <summary>Adds the resource service, which starts with the application, and the dashboard's settings.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddOptions<DashboardOptions>();
        services.AddSingleton<IConfigureOptions<DashboardOptions>, ConfigureDashboardOptions>();
        services.AddSingleton<DashboardServiceHost>();
        services.AddHostedService(provider => provider.GetRequiredService<DashboardServiceHost>());
        return services;
    }
}
