using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>One running copy of a resource.</summary>
/// <param name="Name">The resource's name and the suffix: the instance's id in the dashboard and for commands.</param>
/// <param name="Suffix">Random: also OpenTelemetry's service.instance.id.</param>
/// <param name="Index">Which replica it is, from 0.</param>
internal sealed record DcpInstance(string Name, string Suffix, int Index);

/// <summary>The running copies of a resource that DCP runs.</summary>
internal sealed class DcpInstancesAnnotation(ImmutableArray<DcpInstance> instances) : IResourceAnnotation
{
    public ImmutableArray<DcpInstance> Instances { get; } = instances;
}

internal static class DcpInstancesExtensions
{
    /// <summary>The ids under which a resource's snapshots are published: its instances', or its name when DCP does not run it.</summary>
    public static IReadOnlyList<string> GetResolvedResourceNames(this IResource resource) =>
        resource.Annotations.OfType<DcpInstancesAnnotation>().LastOrDefault() is { } annotation
            ? [.. annotation.Instances.Select(instance => instance.Name)]
            : [resource.Name];
}
