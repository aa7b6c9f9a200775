namespace RedisFlow.Reporting.Reports;

/// <summary>Registers the reports.</summary>
internal static class ReportsRegistration
{
    public static IServiceCollection AddReports(this IServiceCollection services) =>
        services.AddSingleton<CompanyBatches>().AddTransient<CompanyReports>();
}
