namespace RedisFlow.Billing.Permissions;

/// <summary>Registers the permissions.</summary>
internal static class PermissionsRegistration
{
    public static IServiceCollection AddPermissions(this IServiceCollection services) =>
        services.AddTransient<UserPermissions>();
}
