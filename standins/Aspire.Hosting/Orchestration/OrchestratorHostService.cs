namespace Aspire.Hosting.Orchestration;

/// <summary>Ties the orchestrator's life to the host's. An application that is disposed without having been stopped ends its processes too.</summary>
internal sealed class OrchestratorHostService(ApplicationOrchestrator orchestrator, IHostApplicationLifetime lifetime) : IHostedService, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(30);

    private int _stopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await orchestrator.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Stopped before everything was up: no failure.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _stopped, 1) == 0 ? orchestrator.StopAsync(cancellationToken) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(DisposeTimeout);
        await StopAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
