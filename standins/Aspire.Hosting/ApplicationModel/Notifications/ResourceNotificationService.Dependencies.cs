using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    /// <summary>
    /// Waits for everything that the resource's <see cref="WaitAnnotation"/>s name; meanwhile its state is
    /// <see cref="KnownResourceStates.Waiting"/>.
    /// </summary>
    /// <exception cref="DistributedApplicationException">A dependency failed in a way that its annotation does not accept.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var waits = resource.Annotations.OfType<WaitAnnotation>()
            .Where(wait => wait.Resource is not IResourceWithoutLifetime)
            .SelectMany(wait => DependencyWait.For(resource, wait, wait.WaitBehavior ?? DefaultWaitBehavior))
            .ToList();
        if (waits.Count == 0)
        {
            return;
        }

        var pending = new ConcurrentDictionary<DependencyWait, bool>(waits.Select(wait => KeyValuePair.Create(wait, true)));
        try
        {
            await PublishWaitingAsync(resource, pending.Keys);
            await Task.WhenAll(waits.Select(async wait =>
            {
                await WaitAsync(wait, _loggers.GetLogger(resource), cancellationToken);
                pending.TryRemove(wait, out _);
                await PublishWaitingAsync(resource, pending.Keys);
            }));
        }
        catch (OperationCanceledException exception)
        {
            var message = $"Resource '{resource.Name}' failed to wait for dependencies before the operation was cancelled.";
            throw new OperationCanceledException(DescribeCurrentState(message, resource.Name), exception, exception.CancellationToken);
        }
    }

    private static bool CanWait(IResource resource, string? state) =>
        state is null
        || state == KnownResourceStates.Starting
        || state == KnownResourceStates.Waiting
        || (state == KnownResourceStates.NotStarted && !resource.Annotations.OfType<ExplicitStartupAnnotation>().Any());

    private Task PublishWaitingAsync(IResource resource, IEnumerable<DependencyWait> pending) => PublishUpdateAsync(resource, snapshot =>
    {
        // Read here, where updates of the resource follow one another: the last one published is the last one true.
        string[] names = [.. pending.Select(wait => wait.InstanceId).Distinct().Order(StringComparer.Ordinal)];
        return names.Length == 0 || !CanWait(resource, snapshot.State?.Text)
            ? snapshot with { Properties = snapshot.Properties.RemoveResourceProperty(KnownProperties.Resource.WaitingFor) }
            : snapshot with
            {
                State = KnownResourceStates.Waiting,
                Properties = snapshot.Properties.SetResourceProperty(KnownProperties.Resource.WaitingFor, names),
            };
    });

    private Task WaitAsync(DependencyWait wait, ILogger logger, CancellationToken cancellationToken) => wait.Type switch
    {
        WaitType.WaitUntilHealthy => WaitUntilHealthyAsync(wait, logger, cancellationToken),
        WaitType.WaitUntilStarted => WaitUntilStartedAsync(wait, logger, cancellationToken),
        WaitType.WaitForCompletion => WaitForCompletionAsync(wait, logger, cancellationToken),
        _ => throw new DistributedApplicationException($"Unexpected wait type: {wait.Type}"),
    };

    private async Task WaitUntilStartedAsync(DependencyWait wait, ILogger logger, CancellationToken cancellationToken)
    {
        await WaitUntilRunningAsync(wait, logger, cancellationToken);
        logger.FinishedWaitingForStart(wait.DisplayName);
    }

    private async Task WaitUntilHealthyAsync(DependencyWait wait, ILogger logger, CancellationToken cancellationToken)
    {
        await WaitUntilRunningAsync(wait, logger, cancellationToken);
        if (wait.Dependency.Annotations.OfType<HealthCheckAnnotation>().Any())
        {
            logger.WaitingForHealth(wait.DisplayName);
            await WaitAsync(
                wait.Dependency.Name,
                change => change.ResourceId == wait.InstanceId && change.Snapshot.HealthStatus == HealthStatus.Healthy,
                "become healthy",
                cancellationToken,
                wait.DisplayName);
        }

        logger.WaitingForReady(wait.DisplayName);
        await WaitUntilReadyAsync(wait.Dependency.Name, wait.DisplayName, wait.InstanceId, cancellationToken);
        logger.FinishedWaiting(wait.DisplayName);
    }

    private async Task WaitUntilRunningAsync(DependencyWait wait, ILogger logger, CancellationToken cancellationToken)
    {
        logger.WaitingForState(wait.DisplayName, KnownResourceStates.Running);
        var reached = await WaitAsync(
            wait.Dependency.Name,
            change => change.ResourceId == wait.InstanceId
                && (change.Snapshot.State?.Text == KnownResourceStates.Running || IsUnavailable(wait.Behavior, change.Snapshot)),
            "reach the 'Running' state",
            cancellationToken,
            wait.DisplayName);

        var state = reached.Snapshot.State!.Text;
        if (state == KnownResourceStates.FailedToStart)
        {
            logger.DependencyFailedToStart(wait.DisplayName);
            throw wait.Failed("it failed to start");
        }

        if (state != KnownResourceStates.Running)
        {
            logger.DependencyEnded(wait.DisplayName, state);
            throw wait.Failed($"it entered the '{state}' state prematurely");
        }
    }

    private async Task WaitForCompletionAsync(DependencyWait wait, ILogger logger, CancellationToken cancellationToken)
    {
        logger.WaitingForCompletion(wait.DisplayName);
        var reached = await WaitAsync(
            wait.Dependency.Name,
            change => change.ResourceId == wait.InstanceId
                && (change.Snapshot.ExitCode is not null || KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text ?? "")),
            "reach a terminal state",
            cancellationToken,
            wait.DisplayName);

        var (state, exitCode) = (reached.Snapshot.State?.Text, reached.Snapshot.ExitCode);
        if (state == KnownResourceStates.FailedToStart)
        {
            logger.DependencyFailedToStart(wait.DisplayName);
            throw wait.Failed("it failed to start");
        }

        if (exitCode is not null
            && exitCode != wait.ExitCode
            && (state == KnownResourceStates.Finished || state == KnownResourceStates.Exited))
        {
            logger.DependencyEndedWithExitCode(wait.DisplayName, state, exitCode, wait.ExitCode);
            throw wait.Failed($"it entered the '{state}' state with exit code '{exitCode}', expected '{wait.ExitCode}'");
        }

        logger.FinishedWaiting(wait.DisplayName);
    }
}
