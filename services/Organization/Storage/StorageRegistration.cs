namespace RedisFlow.Organization.Storage;

/// <summary>Registers the store.</summary>
internal static class StorageRegistration
{
    public static IServiceCollection AddOrganizationStore(this IServiceCollection services) =>
        services
            .AddSingleton<OptimisticWriter>()
            .AddSingleton<CompanyReader>()
            .AddSingleton<CompanyWriter>()
            .AddSingleton<DealershipStore>()
            .AddSingleton<UserStore>();
}
