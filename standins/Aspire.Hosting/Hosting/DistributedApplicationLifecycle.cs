namespace Aspire.Hosting;

/// <summary>Says in the log how far the application is.</summary>
internal sealed partial class DistributedApplicationLifecycle(
    ILogger<DistributedApplication> logger, IConfiguration configuration, DistributedApplicationExecutionContext context) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (context.IsRunMode)
        {
            LogStarting();
            LogDirectory(configuration["AppHost:Directory"]);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (context.IsRunMode)
        {
            LogStarted();
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Distributed application starting.")]
    private partial void LogStarting();

    [LoggerMessage(LogLevel.Information, "Application host directory is: {AppHostDirectory}")]
    private partial void LogDirectory(string? appHostDirectory);

    [LoggerMessage(LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.")]
    private partial void LogStarted();
}
