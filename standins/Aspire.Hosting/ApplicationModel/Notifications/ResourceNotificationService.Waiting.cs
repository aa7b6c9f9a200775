using System.Globalization;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    /// <summary>Waits until the resource is in the state; <see langword="null"/>: until it runs.</summary>
    /// <exception cref="OperationCanceledException">Says which state the resource was in instead.</exception>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(
            resourceName,
            [string.IsNullOrEmpty(targetState) ? KnownResourceStates.Running : targetState],
            cancellationToken);

    /// <summary>Waits until the resource is in one of the states, and returns it.</summary>
    /// <exception cref="OperationCanceledException">Says which state the resource was in instead.</exception>
    public async Task<string> WaitForResourceAsync(
        string resourceName,
        IEnumerable<string> targetStates,
        CancellationToken cancellationToken = default)
    {
        var targets = targetStates.ToList();
        var reached = await WaitAsync(
            resourceName,
            change => targets.Any(target => ResourceNames.IsSameState(target, change.Snapshot.State?.Text)),
            $"reach one of the target states: [{string.Join(", ", targets)}]",
            cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits until an instance of the resource matches, and returns it.</summary>
    /// <exception cref="OperationCanceledException">Says which state the resource was in instead.</exception>
    public Task<ResourceEvent> WaitForResourceAsync(
        string resourceName,
        Func<ResourceEvent, bool> predicate,
        CancellationToken cancellationToken = default) =>
        WaitAsync(resourceName, predicate, "meet the predicate condition", cancellationToken);

    /// <summary>Waits until the resource is healthy and ready; the application's default says what an end of the resource means.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Waits until the resource is healthy and ready.</summary>
    /// <exception cref="DistributedApplicationException">
    /// The resource ended or failed to start, or does not exist, and <paramref name="waitBehavior"/> is
    /// <see cref="WaitBehavior.StopOnResourceUnavailable"/>.
    /// </exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName,
        WaitBehavior waitBehavior,
        CancellationToken cancellationToken = default)
    {
        if (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsAbsent(resourceName))
        {
            throw new DistributedApplicationException(
                $"Stopped waiting for resource '{resourceName}' to become healthy because it does not exist in the application model.");
        }

        var reached = await WaitAsync(
            resourceName,
            change => change.Snapshot.HealthStatus == HealthStatus.Healthy || IsUnavailable(waitBehavior, change.Snapshot),
            "become healthy",
            cancellationToken);
        if (reached.Snapshot.HealthStatus != HealthStatus.Healthy)
        {
            throw new DistributedApplicationException(
                $"Stopped waiting for resource '{resourceName}' to become healthy because it failed to start.");
        }

        return await WaitUntilReadyAsync(resourceName, resourceName, reached.ResourceId, cancellationToken);
    }

    private static bool IsUnavailable(WaitBehavior waitBehavior, CustomResourceSnapshot snapshot) => waitBehavior switch
    {
        WaitBehavior.WaitOnResourceUnavailable => false,
        WaitBehavior.StopOnResourceUnavailable =>
            snapshot.State?.Text is { } state
            && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy),
        _ => throw new DistributedApplicationException($"Unexpected wait behavior: {waitBehavior}"),
    };

    /// <summary>Waits for the subscribers of the resource's ready event, and throws what they throw.</summary>
    private async Task<ResourceEvent> WaitUntilReadyAsync(
        string resourceName,
        string displayName,
        string resourceId,
        CancellationToken cancellationToken)
    {
        var ready = await WaitAsync(
            resourceName,
            change => change.ResourceId == resourceId && change.Snapshot.ResourceReadyEvent is not null,
            "execute the resource ready event",
            cancellationToken,
            displayName);
        await ready.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(cancellationToken);
        return ready;
    }

    /// <param name="resourceName">The resource.</param>
    /// <param name="predicate">What is waited for.</param>
    /// <param name="aim">What the resource failed to do if the wait is cancelled.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="displayName">What the message calls the resource; <see langword="null"/>: its name.</param>
    private async Task<ResourceEvent> WaitAsync(
        string resourceName,
        Func<ResourceEvent, bool> predicate,
        string aim,
        CancellationToken cancellationToken,
        string? displayName = null)
    {
        _logger.Waiting(resourceName, aim);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token, cancellationToken);
        try
        {
            await foreach (var change in WatchAsync(stop.Token))
            {
                if (ResourceNames.IsSameResource(change.Resource.Name, resourceName) && predicate(change))
                {
                    _logger.Waited(resourceName, aim);
                    return change;
                }
            }
        }
        catch (OperationCanceledException exception)
        {
            var message = $"Resource '{displayName ?? resourceName}' failed to {aim} before the operation was cancelled.";
            throw new OperationCanceledException(DescribeCurrentState(message, resourceName), exception, exception.CancellationToken);
        }

        throw new InvalidOperationException("A watch ends by cancellation only.");
    }

    /// <summary>A wait that was cancelled says why it was in vain.</summary>
    private string DescribeCurrentState(string message, string resourceName)
    {
        var text = new StringBuilder(message).AppendLine();
        var current = _instances.Values
            .Select(instance => instance.Current)
            .OfType<ResourceEvent>()
            .Where(change => ResourceNames.IsSameResource(change.Resource.Name, resourceName))
            .ToList();
        if (current.Count == 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Unable to retrieve current state for resource '{resourceName}'.");
        }

        foreach (var change in current)
        {
            var (state, health) = (change.Snapshot.State?.Text ?? "(null)", change.Snapshot.HealthStatus?.ToString() ?? "(null)");
            text.AppendLine(CultureInfo.InvariantCulture, $"- {change.ResourceId}: State = {state}, Health = {health}");
            foreach (var report in change.Snapshot.HealthReports.Where(report => report.Status != HealthStatus.Healthy))
            {
                var status = report.Status?.ToString() ?? "(null)";
                text.AppendLine(CultureInfo.InvariantCulture, $"  - {report.Name}: {status} {report.Description}");
            }
        }

        return text.ToString().TrimEnd();
    }

    private bool IsAbsent(string resourceName) =>
        !TryGetCurrentState(resourceName, out _)
        && _services.GetService<DistributedApplicationModel>() is { } model
        && !model.Resources.Any(resource => ResourceNames.IsSameResource(resource.Name, resourceName));
}
