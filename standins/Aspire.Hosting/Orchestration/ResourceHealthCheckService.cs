using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs the health checks of running resources, and says when a resource is ready.</summary>
internal sealed partial class ResourceHealthCheckService(
    ResourceNotificationService notifications,
    HealthCheckService checks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider timeProvider,
    ILogger<ResourceHealthCheckService> logger) : BackgroundService
{
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UnhealthyStep = TimeSpan.FromSeconds(1);
    private const int MaxUnhealthySteps = 5;

    private readonly ConcurrentDictionary<string, Monitor> _monitors = new(StringComparer.OrdinalIgnoreCase);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
            {
                Follow(change, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends.
        }
    }

    private void Follow(ResourceEvent change, CancellationToken stoppingToken)
    {
        var state = change.Snapshot.State?.Text;
        if (_monitors.TryGetValue(change.Resource.Name, out var monitor) && monitor.IsNewState(change.ResourceId, state))
        {
            monitor.CheckNow();
        }

        if (state == KnownResourceStates.Running)
        {
            Begin(change, stoppingToken);
        }
        else if (KnownResourceStates.TerminalStates.Contains(state) && IsEveryInstanceDown(change.Resource))
        {
            End(change.Resource);
        }
    }

    private void Begin(ResourceEvent change, CancellationToken stoppingToken)
    {
        if (_monitors.TryGetValue(change.Resource.Name, out var running))
        {
            // Another instance came up: it is checked now, and not when the next check of the healthy ones is due.
            if (change.Snapshot.HealthReports.Any(report => report.Status is null))
            {
                running.CheckNow();
            }

            return;
        }

        var monitor = new Monitor(stoppingToken);
        _monitors[change.Resource.Name] = monitor;
        _ = MonitorAsync(change.Resource, monitor);
    }

    private void End(IResource resource)
    {
        if (_monitors.TryRemove(resource.Name, out var monitor))
        {
            monitor.Dispose();
        }
    }

    private bool IsEveryInstanceDown(IResource resource) => resource.GetResolvedResourceNames().All(name =>
        notifications.TryGetCurrentState(name, out var current) && KnownResourceStates.TerminalStates.Contains(current.Snapshot.State?.Text));

    private async Task MonitorAsync(IResource resource, Monitor monitor)
    {
        await Task.Yield();
        var cancellationToken = monitor.Stopped;
        try
        {
            if (!resource.TryGetAnnotationsIncludingAncestorsOfType<HealthCheckAnnotation>(out var annotations))
            {
                await AnnounceReadyAsync(resource, cancellationToken);
                return;
            }

            await CheckRepeatedlyAsync(resource, annotations.Select(annotation => annotation.Key).ToHashSet(), monitor);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The resource, or the application, was stopped.
        }
    }

    private async Task CheckRepeatedlyAsync(IResource resource, HashSet<string> keys, Monitor monitor)
    {
        var cancellationToken = monitor.Stopped;
        var (isReady, failures) = (false, 0);
        while (true)
        {
            var report = await CheckAsync(keys, cancellationToken);
            var now = timeProvider.GetUtcNow().UtcDateTime;
            await notifications.PublishUpdateAsync(resource, state => state with { HealthReports = Merge(state.HealthReports, report, now) });
            if (report.Status == HealthStatus.Healthy)
            {
                failures = 0;
                if (!isReady)
                {
                    isReady = true;
                    await AnnounceReadyAsync(resource, cancellationToken);
                }
            }
            else
            {
                failures++;
            }

            var delay = failures == 0 ? HealthyInterval : UnhealthyStep * Math.Min(failures, MaxUnhealthySteps);
            await monitor.DelayAsync(delay);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A check is the application's code: whatever it throws is its result.")]
    private async Task<HealthReport> CheckAsync(HashSet<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            return await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new(
                keys.ToDictionary(
                    key => key, _ => new HealthReportEntry(HealthStatus.Unhealthy, "Error calling HealthCheckService.", TimeSpan.Zero, exception, data: null)),
                TimeSpan.Zero);
        }
    }

    /// <summary>Raises the ready event; whoever waits for the resource waits for the event's subscribers too.</summary>
    private async Task AnnounceReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        var announcing = eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
        await announcing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (announcing.IsFaulted)
        {
            LogReadyFailed(announcing.Exception, resource.Name);
        }

        await notifications.PublishUpdateAsync(resource, state => state with { ResourceReadyEvent = new(announcing) });
    }

    private static ImmutableArray<HealthReportSnapshot> Merge(ImmutableArray<HealthReportSnapshot> known, HealthReport report, DateTime now) =>
    [
        .. known.Where(snapshot => !report.Entries.ContainsKey(snapshot.Name)),
        .. report.Entries.Select(entry => new HealthReportSnapshot(entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.ToString())
        {
            LastRunAt = now,
        }),
    ];

    /// <summary>The checks of one resource, which end with its last instance.</summary>
    private sealed class Monitor : IDisposable
    {
        private readonly CancellationTokenSource _stop;
        private volatile TaskCompletionSource _wake = new();

        // By instance: the reports are published for each, and replicas whose states differ would else call for checks for ever.
        private readonly Dictionary<string, string?> _states = new(StringComparer.Ordinal);

        public Monitor(CancellationToken stoppingToken)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            Stopped = _stop.Token;
        }

        public CancellationToken Stopped { get; }

        /// <summary>Whether an instance's state is another than it was; called by one caller at a time, for each change.</summary>
        public bool IsNewState(string instance, string? state)
        {
            var isNew = !_states.TryGetValue(instance, out var known) || known != state;
            _states[instance] = state;
            return isNew;
        }

        public void CheckNow() => _wake.TrySetResult();

        public async Task DelayAsync(TimeSpan delay)
        {
            await _wake.Task.WaitAsync(delay, Stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _wake = new();
            Stopped.ThrowIfCancellationRequested();
        }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Error, "A subscriber of the ready event of {Name} failed.")]
    private partial void LogReadyFailed(Exception exception, string name);
}
