namespace Aspire.Hosting;

/// <summary>Watches, and steers, an application host that builds its application. Set for the flow that runs its entry point.</summary>
internal interface IBuilderObserver
{
    private static readonly AsyncLocal<IBuilderObserver?> CurrentObserver = new();

    static IBuilderObserver? Current
    {
        get => CurrentObserver.Value;
        set => CurrentObserver.Value = value;
    }

    /// <summary>Before the builder exists: changes its options.</summary>
    void OnConstructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    void OnConstructed(DistributedApplicationBuilder builder);

    /// <summary>The entry point called Build, and stands still for as long as this call takes.</summary>
    void OnBuilding(DistributedApplicationBuilder builder);

    /// <summary>The application exists, and runs after this call.</summary>
    void OnBuilt(DistributedApplication application);
}
