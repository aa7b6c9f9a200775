using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Which resources and endpoints of the application are which objects of DCP.</summary>
internal sealed class DcpModel
{
    private readonly ConcurrentDictionary<string, DcpWorkload> _workloads = new(StringComparer.OrdinalIgnoreCase);
    private ImmutableArray<DcpService> _services = [];

    public IReadOnlyCollection<DcpWorkload> Workloads => [.. _workloads.Values];

    public IReadOnlyList<DcpService> Services => _services;

    /// <summary>Names the running copies of every resource that DCP runs.</summary>
    public void Prepare(IEnumerable<IResource> resources)
    {
        foreach (var resource in resources.Where(IsWorkload))
        {
            var instances = Enumerable.Range(0, resource.GetReplicaCount()).Select(index => CreateInstance(resource, index)).ToImmutableArray();
            resource.Annotations.Add(new DcpInstancesAnnotation(instances));
            foreach (var instance in instances)
            {
                _workloads[instance.Name] = new(resource, instance);
            }

            _services = _services.AddRange(CreateServices(resource));
        }
    }

    public DcpWorkload? Find(string instanceName) => _workloads.GetValueOrDefault(instanceName);

    public IEnumerable<DcpService> ServicesOf(IResource resource) => _services.Where(service => service.Resource == resource);

    private static DcpInstance CreateInstance(IResource resource, int index)
    {
        var suffix = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 8);
        return new($"{resource.Name.ToLowerInvariant()}-{suffix}", suffix, index);
    }

    private static bool IsWorkload(IResource resource) => resource is ExecutableResource or ProjectResource || resource.IsContainer();

    private static IEnumerable<DcpService> CreateServices(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToArray();
        foreach (var endpoint in endpoints)
        {
            if (!endpoint.IsProxied && resource.GetReplicaCount() > 1)
            {
                throw new InvalidOperationException(
                    $"Resource '{resource.Name}' uses multiple replicas and a proxy-less endpoint '{endpoint.Name}'. These features do not work together.");
            }

            if (endpoint is { IsProxied: true, Port: { } port } && port == endpoint.TargetPort && !resource.IsContainer())
            {
                throw new InvalidOperationException(
                    $"The endpoint '{endpoint.Name}' for resource '{resource.Name}' requested a proxy (IsProxied is true). Non-container resources cannot be proxied when both TargetPort and Port are specified with the same value.");
            }

            yield return new(resource, endpoint, endpoints.Length == 1 ? resource.Name : $"{resource.Name}-{endpoint.Name}");
        }
    }
}

/// <summary>One process or container.</summary>
internal sealed class DcpWorkload(IResource resource, DcpInstance instance) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _retired = [];
    private string? _latest;

    public IResource Resource { get; } = resource;

    public DcpInstance Instance { get; } = instance;

    public string Name => Instance.Name;

    public string Kinds => Resource.IsContainer() ? DcpKinds.Containers : DcpKinds.Executables;

    /// <summary>Held while the instance is started or stopped.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>
    /// Whether the object is the present one of those that bore the name. A restart deletes the object and creates another of
    /// that name, and late news of the deleted one must not be taken for news of its successor.
    /// </summary>
    public bool IsCurrent(string uid)
    {
        lock (_lock)
        {
            if (_retired.Contains(uid))
            {
                return false;
            }

            _latest = uid;
            return true;
        }
    }

    /// <summary>The present object is about to be deleted.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            if (_latest is not null)
            {
                _retired.Add(_latest);
            }
        }
    }

    /// <summary>The environment and arguments that the model gave it, for its snapshots.</summary>
    public WorkloadConfiguration? Configuration { get; set; }

    public void Dispose() => Gate.Dispose();
}

/// <summary>The proxy, or the plain address, of an endpoint.</summary>
internal sealed record DcpService(IResource Resource, EndpointAnnotation Endpoint, string Name)
{
    /// <summary>What DCP replaces by the port that the process itself listens on.</summary>
    public string TargetPortExpression => $"{{{{- portForServing \"{Name}\" -}}}}";
}
