using System.Globalization;
using System.Net;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Makes DCP start and stop things.</summary>
internal sealed class DcpExecutor(
    DcpClient client,
    DcpModel model,
    DcpSpecFactory specs,
    DistributedApplicationExecutionContext executionContext,
    ResourceLoggerService loggers,
    TimeProvider timeProvider)
{
    /// <summary>DCP itself asks a process to end, and kills it after a few seconds.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly string[] StoppedStates = ["Finished", "Terminated", "FailedToStart", "Exited"];

    /// <summary>Opens the proxies, and tells the model where its endpoints are.</summary>
    public async Task AllocateEndpointsAsync(CancellationToken cancellationToken)
    {
        foreach (var service in model.Services)
        {
            await client.CreateAsync<ServiceSpec, ServiceStatus>(DcpKinds.Services, service.Name, specs.CreateService(service), [], cancellationToken);
        }

        await Task.WhenAll(model.Services.Select(service => AllocateAsync(service, cancellationToken)));
    }

    public async Task StartAsync(DcpWorkload workload, CancellationToken cancellationToken)
    {
        var logger = loggers.GetLogger(workload.Name);
        var configuration = await WorkloadConfiguration.EvaluateAsync(workload.Resource, executionContext, logger, cancellationToken);
        await DeleteAsync(workload, cancellationToken);
        workload.Configuration = configuration;

        var annotations = specs.CreateAnnotations(workload);
        if (workload.Kinds == DcpKinds.Containers)
        {
            await CreateVolumesAsync(workload.Resource, cancellationToken);
            var spec = await DcpSpecFactory.CreateContainerAsync(workload.Resource, configuration, cancellationToken);
            var container = await client.CreateAsync<ContainerSpec, WorkloadStatus>(workload.Kinds, workload.Name, spec, annotations, cancellationToken);
            workload.IsCurrent(container.Metadata.Uid!);
        }
        else
        {
            var spec = specs.CreateExecutable(workload.Resource, configuration);
            var executable = await client.CreateAsync<ExecutableSpec, WorkloadStatus>(workload.Kinds, workload.Name, spec, annotations, cancellationToken);
            workload.IsCurrent(executable.Metadata.Uid!);
        }
    }

    /// <exception cref="DistributedApplicationException">The process or container did not end in time.</exception>
    public async Task StopAsync(DcpWorkload workload, CancellationToken cancellationToken)
    {
        if (await GetStateAsync(workload, cancellationToken) is not { } state || StoppedStates.Contains(state))
        {
            return;
        }

        await client.StopAsync(workload.Kinds, workload.Name, cancellationToken);
        var stopped = await PollAsync(
            async () => await GetStateAsync(workload, cancellationToken) is not { } current || StoppedStates.Contains(current),
            StopTimeout,
            cancellationToken);
        if (!stopped)
        {
            throw new DistributedApplicationException($"Failed to stop resource '{workload.Name}'.");
        }
    }

    /// <summary>Ends everything, in order, and DCP itself.</summary>
    public async Task ShutDownAsync(CancellationToken cancellationToken)
    {
        if (!client.IsStarted)
        {
            return;
        }

        try
        {
            await client.SetExecutionAsync(DcpExecution.CleaningResources, cancellationToken);
            while ((await client.GetExecutionAsync(cancellationToken))?.Status == DcpExecution.CleaningResources)
            {
                await Task.Delay(PollInterval, timeProvider, cancellationToken);
            }

            await client.SetExecutionAsync(DcpExecution.Stopping, cancellationToken);

            // It has stopped when it does not answer any more.
            await PollAsync(async () => await client.GetExecutionAsync(cancellationToken) is null, StopTimeout, cancellationToken);
        }
        catch (HttpRequestException)
        {
            // DCP has gone already; its own watch over its processes has ended them.
        }
    }

    private async Task AllocateAsync(DcpService service, CancellationToken cancellationToken)
    {
        var endpoint = service.Endpoint;
        if (!endpoint.IsProxied)
        {
            var port = endpoint.Port ?? throw new InvalidOperationException(
                $"Service '{service.Name}' needs to specify a port for endpoint '{endpoint.Name}' since it isn't using a proxy.");
            endpoint.AllocatedEndpoint = new(endpoint, endpoint.TargetHost, port, port.ToString(CultureInfo.InvariantCulture));
            return;
        }

        ServiceStatus? status = null;
        var allocated = await PollAsync(
            async () =>
            {
                status = (await client.GetAsync<ServiceSpec, ServiceStatus>(DcpKinds.Services, service.Name, cancellationToken))?.Status;
                return status is { EffectivePort: > 0, EffectiveAddress.Length: > 0 };
            },
            TimeSpan.FromSeconds(20),
            cancellationToken);
        endpoint.AllocatedEndpoint = allocated
            ? new(endpoint, endpoint.TargetHost, status!.EffectivePort!.Value, service.TargetPortExpression)
            : throw new DistributedApplicationException(
                $"The endpoint '{endpoint.Name}' of resource '{service.Resource.Name}' got no address. Its port{(endpoint.Port is { } wanted ? " " + wanted : "")} may be in use.");
    }

    private async Task CreateVolumesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var mounts = resource.Annotations.OfType<ContainerMountAnnotation>();
        foreach (var name in mounts.Where(mount => mount is { Type: ContainerMountType.Volume, Source: not null }).Select(mount => mount.Source!))
        {
            try
            {
                await client.CreateAsync<ContainerVolumeSpec, NoStatus>(
                    DcpKinds.ContainerVolumes, name.ToLowerInvariant(), new() { Name = name, Persistent = true }, [], cancellationToken);
            }
            catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.Conflict)
            {
                // An earlier start, or another container, created it.
            }
        }
    }

    private async Task DeleteAsync(DcpWorkload workload, CancellationToken cancellationToken)
    {
        workload.Retire();
        if (!await client.DeleteAsync(workload.Kinds, workload.Name, cancellationToken))
        {
            return;
        }

        var deleted = await PollAsync(
            async () => await client.GetAsync<object, WorkloadStatus>(workload.Kinds, workload.Name, cancellationToken) is null,
            DeleteTimeout,
            cancellationToken);
        if (!deleted)
        {
            throw new DistributedApplicationException($"Failed to delete '{workload.Name}' before restart.");
        }
    }

    private async Task<string?> GetStateAsync(DcpWorkload workload, CancellationToken cancellationToken) =>
        await client.GetAsync<object, WorkloadStatus>(workload.Kinds, workload.Name, cancellationToken) is { } found
            ? found.Status?.State ?? "Unknown"
            : null;

    private async Task<bool> PollAsync(Func<Task<bool>> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = timeProvider.GetTimestamp();
        while (!await condition())
        {
            if (timeProvider.GetElapsedTime(start) > timeout)
            {
                return false;
            }

            await Task.Delay(PollInterval, timeProvider, cancellationToken);
        }

        return true;
    }
}
