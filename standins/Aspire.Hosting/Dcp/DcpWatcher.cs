using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Dcp;

/// <summary>Turns what DCP says about processes and containers into the resources' snapshots.</summary>
internal sealed partial class DcpWatcher(
    DcpClient client,
    DcpModel model,
    DcpLogStreams logs,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    ILogger<DcpWatcher> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        FollowAsync<ExecutableSpec>(DcpKinds.Executables, (change, previous, workload) => WorkloadSnapshots.From(change, previous, workload), cancellationToken),
        FollowAsync<ContainerSpec>(DcpKinds.Containers, (change, previous, workload) => WorkloadSnapshots.From(change, previous, workload), cancellationToken));

    private async Task FollowAsync<TSpec>(
        string kinds,
        Func<DcpObject<TSpec, WorkloadStatus>, CustomResourceSnapshot, DcpWorkload, CustomResourceSnapshot> toSnapshot,
        CancellationToken cancellationToken)
        where TSpec : class
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in client.WatchAsync<TSpec, WorkloadStatus>(kinds, cancellationToken))
                {
                    if (change.Object is { } changed && model.Find(changed.Metadata.Name) is { } workload)
                    {
                        await ApplyAsync(change.Type, changed, workload, toSnapshot, cancellationToken);
                    }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or System.Text.Json.JsonException)
            {
                LogRetry(exception, kinds);
            }

            await Task.Delay(RetryDelay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ApplyAsync<TSpec>(
        string type,
        DcpObject<TSpec, WorkloadStatus> changed,
        DcpWorkload workload,
        Func<DcpObject<TSpec, WorkloadStatus>, CustomResourceSnapshot, DcpWorkload, CustomResourceSnapshot> toSnapshot,
        CancellationToken cancellationToken)
        where TSpec : class
    {
        var uid = changed.Metadata.Uid;
        if (type is DcpChange<TSpec, WorkloadStatus>.Deleted)
        {
            logs.Stop(uid);
            return;
        }

        if (type is DcpChange<TSpec, WorkloadStatus>.Bookmark || uid is null || changed.Status?.State is not { Length: > 0 } state || !workload.IsCurrent(uid))
        {
            return;
        }

        logs.Start(workload, uid, state, cancellationToken);
        string? before = null;
        await notifications.PublishUpdateAsync(workload.Resource, workload.Name, previous =>
        {
            before = previous.State?.Text;
            return toSnapshot(changed, previous, workload);
        });
        if (state == KnownResourceStates.RuntimeUnhealthy && before != state)
        {
            TellRuntimeIsMissing(workload);
        }

        if (IsTerminal(state) && !IsTerminal(before) && notifications.TryGetCurrentState(workload.Name, out var stopped))
        {
            await eventing.PublishAsync(
                new ResourceStoppedEvent(workload.Resource, services, stopped), EventDispatchBehavior.NonBlockingSequential, cancellationToken);
        }
    }

    private void TellRuntimeIsMissing(DcpWorkload workload)
    {
        DcpWatcherLog.NoContainerRuntime(loggers.GetLogger(workload.Name), workload.Resource.Name);
        DcpWatcherLog.NoContainerRuntime(logger, workload.Resource.Name);
    }

    private static bool IsTerminal(string? state) => KnownResourceStates.TerminalStates.Contains(state);

    [LoggerMessage(LogLevel.Debug, "Watching {Kinds} ended; it is begun again.")]
    private partial void LogRetry(Exception exception, string kinds);
}

internal static partial class DcpWatcherLog
{
    [LoggerMessage(LogLevel.Error, "The container '{Name}' cannot be started: no container runtime answers. Install and start Docker, with a client of version 25 or later, or Podman.")]
    public static partial void NoContainerRuntime(ILogger logger, string name);
}
