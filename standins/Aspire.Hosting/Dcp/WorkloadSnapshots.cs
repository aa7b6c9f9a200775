using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>What the dashboard and the application see of a process or container.</summary>
internal static class WorkloadSnapshots
{
    public static CustomResourceSnapshot From(DcpObject<ExecutableSpec, WorkloadStatus> executable, CustomResourceSnapshot previous, DcpWorkload workload)
    {
        var (status, spec) = (executable.Status!, executable.Spec!);
        var arguments = status.EffectiveArgs ?? [];
        List<ResourcePropertySnapshot> properties =
        [
            new(KnownProperties.Executable.Path, spec.ExecutablePath),
            new(KnownProperties.Executable.WorkDir, spec.WorkingDirectory),
            new(KnownProperties.Executable.Args, arguments.ToImmutableArray()) { IsSensitive = true },
            new(KnownProperties.Executable.Pid, status.Pid),
            .. AppArguments(workload),
        ];
        if (workload.Resource is ProjectResource project)
        {
            properties.Add(new(KnownProperties.Project.Path, project.GetProjectMetadata().ProjectPath));
            properties.Add(new(KnownProperties.Project.LaunchProfile, project.GetEffectiveLaunchProfile()?.Name));
        }

        return Common(previous, status, executable.Metadata, workload, spec.Env) with
        {
            Properties = previous.Properties.SetResourcePropertyRange(properties),
        };
    }

    public static CustomResourceSnapshot From(DcpObject<ContainerSpec, WorkloadStatus> container, CustomResourceSnapshot previous, DcpWorkload workload)
    {
        var (status, spec) = (container.Status!, container.Spec!);
        return Common(previous, status, container.Metadata, workload, spec.Env) with
        {
            Properties = previous.Properties.SetResourcePropertyRange(
            [
                new(KnownProperties.Container.Image, spec.Image),
                new(KnownProperties.Container.Id, status.ContainerId),
                new(KnownProperties.Container.Command, spec.Command),
                new(KnownProperties.Container.Args, (status.EffectiveArgs ?? []).ToImmutableArray()) { IsSensitive = true },
                new(KnownProperties.Container.Ports, spec.Ports.Select(port => port.ContainerPortNumber).ToImmutableArray()),
                new(KnownProperties.Container.Lifetime, spec.Persistent ? ContainerLifetime.Persistent : ContainerLifetime.Session),
                .. AppArguments(workload),
            ]),
            Volumes = [.. spec.VolumeMounts.Select(mount => new VolumeSnapshot(mount.Source, mount.Target, mount.Type, mount.ReadOnly))],
        };
    }

    /// <summary>The relations of a resource that the dashboard shows.</summary>
    public static ImmutableArray<RelationshipSnapshot> Relationships(IResource resource) =>
    [
        .. resource.Annotations.OfType<ResourceRelationshipAnnotation>()
            .Select(annotation => new RelationshipSnapshot(annotation.Resource.Name, annotation.Type))
            .Distinct(),
    ];

    private static CustomResourceSnapshot Common(
        CustomResourceSnapshot previous, WorkloadStatus status, DcpMetadata metadata, DcpWorkload workload, List<DcpVariable> fromSpec) => previous with
    {
        State = status.State,
        // DCP says -1 where there is no code.
        ExitCode = status.ExitCode is -1 ? null : status.ExitCode,
        CreationTimeStamp = metadata.CreationTimestamp?.ToUniversalTime(),
        StartTimeStamp = status.StartupTimestamp?.ToUniversalTime(),
        StopTimeStamp = status.FinishTimestamp?.ToUniversalTime(),
        EnvironmentVariables = Environment(status, fromSpec),
        Urls = [.. previous.Urls.Select(url => url with { IsInactive = url.Name is not null && status.State != KnownResourceStates.Running })],
        Relationships = Relationships(workload.Resource),
    };

    private static ImmutableArray<EnvironmentVariableSnapshot> Environment(WorkloadStatus status, List<DcpVariable> fromSpec)
    {
        var names = fromSpec.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (status.EffectiveEnv ?? fromSpec)
                .OrderBy(variable => variable.Name, StringComparer.Ordinal)
                .Select(variable => new EnvironmentVariableSnapshot(variable.Name, variable.Value, names.Contains(variable.Name))),
        ];
    }

    private static ResourcePropertySnapshot[] AppArguments(DcpWorkload workload)
    {
        var arguments = workload.Configuration?.Arguments ?? [];
        var sensitive = arguments.Any(argument => argument.IsSensitive);
        return
        [
            new(KnownProperties.Resource.AppArgs, arguments.Select(argument => argument.Value).ToImmutableArray()) { IsSensitive = sensitive },
            new(KnownProperties.Resource.AppArgsSensitivity, arguments.Select(argument => argument.IsSensitive ? 1 : 0).ToImmutableArray())
            {
                IsSensitive = sensitive,
            },
        ];
    }
}
