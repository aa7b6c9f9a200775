namespace RedisFlow.Analytics.Activity;

/// <summary>Registers the live counters.</summary>
internal static class ActivityRegistration
{
    public static IServiceCollection AddActivity(this IServiceCollection services) =>
        services.AddSingleton<ActivityCounters>().AddSingleton<CompanyActivity>();
}
