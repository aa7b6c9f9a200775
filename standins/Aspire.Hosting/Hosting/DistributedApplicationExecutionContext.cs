namespace Aspire.Hosting;

/// <summary>What the application's description is used for.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    private IServiceProvider? _services;

    public DistributedApplicationOperation Operation { get; } = operation;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    public IServiceProvider ServiceProvider
    {
        get => _services ?? throw new InvalidOperationException("IServiceProvider is not available because the application is not built yet.");
        internal set => _services = value;
    }
}

/// <summary>What a description is used for.</summary>
public enum DistributedApplicationOperation
{
    Run = 0,
    Publish = 1,
}
