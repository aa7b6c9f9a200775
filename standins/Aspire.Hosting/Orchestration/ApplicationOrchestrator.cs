using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Orchestration;

/// <summary>Brings the resources up in the order that the model asks for, raises their events, and starts and stops them on command.</summary>
internal sealed class ApplicationOrchestrator : IDisposable
{
    private readonly DistributedApplicationModel _model;
    private readonly DcpModel _dcpModel;
    private readonly DcpClient _client;
    private readonly DcpExecutor _executor;
    private readonly DcpWatcher _watcher;
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IDistributedApplicationEventing _eventing;
    private readonly ResourceUrls _urls;
    private readonly InitialStates _initialStates;
    private readonly IServiceProvider _services;
    private readonly StartsRegardless _startsRegardless = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    public ApplicationOrchestrator(
        DistributedApplicationModel model,
        DcpModel dcpModel,
        DcpClient client,
        DcpExecutor executor,
        DcpWatcher watcher,
        ResourceNotificationService notifications,
        ResourceLoggerService loggers,
        IDistributedApplicationEventing eventing,
        ResourceUrls urls,
        InitialStates initialStates,
        IServiceProvider services)
    {
        _model = model;
        _dcpModel = dcpModel;
        _client = client;
        _executor = executor;
        _watcher = watcher;
        _notifications = notifications;
        _loggers = loggers;
        _eventing = eventing;
        _urls = urls;
        _initialStates = initialStates;
        _services = services;
        _eventing.Subscribe<BeforeResourceStartedEvent>(WaitForDependenciesAsync);
    }

    /// <summary>Completes when all resources are created that start by themselves, after what they wait for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var resources = _model.Resources.ToArray();
        _dcpModel.Prepare(resources);
        foreach (var resource in resources.Where(resource => resource.HasAnnotationOfType<DcpInstancesAnnotation>()))
        {
            LifecycleCommands.AddTo(resource);
        }

        await _initialStates.PublishAsync(resources);
        foreach (var resource in resources)
        {
            await _eventing.PublishAsync(
                new InitializeResourceEvent(resource, _eventing, _loggers, _notifications, _services),
                EventDispatchBehavior.NonBlockingConcurrent,
                linked.Token);
        }

        await _client.StartAsync(linked.Token);
        _watching = _watcher.RunAsync(_stopping.Token);
        await _executor.AllocateEndpointsAsync(linked.Token);
        foreach (var resource in resources.Where(resource => resource.HasAnnotationOfType<EndpointAnnotation>()))
        {
            await _urls.PublishAsync(resource, linked.Token);
            await _eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, _services), linked.Token);
        }

        await Task.WhenAll(resources.Select(resource => BringUpAsync(resource, linked.Token)));
        await _eventing.PublishAsync(new AfterResourcesCreatedEvent(_services, _model), linked.Token);
    }

    /// <summary>Starts an instance again, or for the first time. One that waits for others starts without waiting any longer.</summary>
    public async Task StartInstanceAsync(string name, CancellationToken cancellationToken)
    {
        var workload = Find(name);
        if (_notifications.TryGetCurrentState(name, out var current) && current.Snapshot.State?.Text == KnownResourceStates.Waiting)
        {
            await PublishStateAsync(workload, KnownResourceStates.Starting);
            _startsRegardless.Begin(workload.Resource);
            return;
        }

        await workload.Gate.WaitAsync(cancellationToken);
        try
        {
            await PublishStartingAsync(workload);
            await _eventing.PublishAsync(new BeforeResourceStartedEvent(workload.Resource, _services), cancellationToken);
            await _executor.StartAsync(workload, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await FailAsync(workload, exception);
            throw;
        }
        finally
        {
            workload.Gate.Release();
        }
    }

    /// <summary>Stops an instance; its object and its addresses stay.</summary>
    public async Task StopInstanceAsync(string name, CancellationToken cancellationToken)
    {
        var workload = Find(name);
        await workload.Gate.WaitAsync(cancellationToken);
        try
        {
            await _executor.StopAsync(workload, cancellationToken);
        }
        finally
        {
            workload.Gate.Release();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _executor.ShutDownAsync(cancellationToken);
        }
        finally
        {
            await _stopping.CancelAsync();
            await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private DcpWorkload Find(string name) =>
        _dcpModel.Find(name) ?? throw new InvalidOperationException($"Resource '{name}' is not run by the orchestrator.");

    [SuppressMessage("Design", "CA1031", Justification = "One resource's failure, whatever it is, is its state; the others go on.")]
    private async Task BringUpAsync(IResource resource, CancellationToken cancellationToken)
    {
        // Off the caller's thread: a subscriber that blocks holds up its own resource only.
        await Task.Yield();
        var workloads = _dcpModel.Workloads.Where(workload => workload.Resource == resource).OrderBy(workload => workload.Instance.Index).ToArray();
        try
        {
            if (resource is IResourceWithConnectionString connection)
            {
                await PublishConnectionStringAsync(connection, cancellationToken);
            }

            if (workloads.Length == 0 || resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
            {
                return;
            }

            foreach (var workload in workloads)
            {
                await PublishStartingAsync(workload);
            }

            await _eventing.PublishAsync(new BeforeResourceStartedEvent(resource, _services), cancellationToken);
            await Task.WhenAll(workloads.Select(workload => _executor.StartAsync(workload, cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            foreach (var workload in workloads)
            {
                await FailAsync(workload, exception);
            }

            if (workloads.Length == 0)
            {
                OrchestratorLog.Failed(_loggers.GetLogger(resource), exception, resource.Name);
            }
        }
    }

    private async Task PublishConnectionStringAsync(IResourceWithConnectionString resource, CancellationToken cancellationToken)
    {
        if (resource is ParameterResource)
        {
            return;
        }

        await _eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, _services), cancellationToken);
        var value = await resource.GetConnectionStringAsync(cancellationToken);
        await _notifications.PublishUpdateAsync(resource, state => state with
        {
            State = resource is ConnectionStringResource ? KnownResourceStates.Running : state.State,
            Properties = state.Properties.SetResourceProperty(KnownProperties.Resource.ConnectionString, value, isSensitive: true),
        });
    }

    /// <summary>Ends as soon as the dependencies are there, or somebody starts the resource regardless of them.</summary>
    private async Task WaitForDependenciesAsync(BeforeResourceStartedEvent started, CancellationToken cancellationToken)
    {
        var resource = started.Resource;
        if (!resource.HasAnnotationOfType<WaitAnnotation>())
        {
            return;
        }

        // Before the resource shows as waiting: from then on somebody may start it.
        using var regardless = _startsRegardless.Expect(resource);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = _notifications.WaitForDependenciesAsync(resource, stop.Token);
        try
        {
            if (await Task.WhenAny(waiting, regardless.Begun) == waiting)
            {
                await waiting;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task PublishStartingAsync(DcpWorkload workload) =>
        _notifications.PublishUpdateAsync(workload.Resource, workload.Name, state => state with
        {
            State = KnownResourceStates.Starting,
            ExitCode = null,
            HealthReports = InitialStates.HealthReports(workload.Resource),
        });

    private Task PublishStateAsync(DcpWorkload workload, string text) =>
        _notifications.PublishUpdateAsync(workload.Resource, workload.Name, state => state with { State = text });

    private async Task FailAsync(DcpWorkload workload, Exception exception)
    {
        OrchestratorLog.Failed(_loggers.GetLogger(workload.Name), exception, workload.Name);
        await _notifications.PublishUpdateAsync(workload.Resource, workload.Name, state => state with
        {
            State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
        });
    }
}

internal static partial class OrchestratorLog
{
    [LoggerMessage(LogLevel.Error, "Failed to start resource {Name}.")]
    public static partial void Failed(ILogger logger, Exception exception, string name);
}
