using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dcp;

/// <summary>Describes processes, containers and proxies to DCP.</summary>
internal sealed class DcpSpecFactory(
    DcpModel model,
    AppHostAssembly appHost,
    IOptions<DcpOptions> options)
{
    public ServiceSpec CreateService(DcpService service)
    {
        var endpoint = service.Endpoint;
        return endpoint.IsProxied
            ? new() { Port = options.Value.RandomizePorts ? null : endpoint.Port }
            : new() { AddressAllocationMode = "Proxyless", Address = KnownHostNames.Localhost, Port = endpoint.Port };
    }

    public Dictionary<string, string> CreateAnnotations(DcpWorkload workload)
    {
        var resource = workload.Resource;
        var producers = model.ServicesOf(resource).Select(service => new ServiceProducer(service.Name, ProducerPort(service))).ToArray();
        var annotations = new Dictionary<string, string>
        {
            ["resource-name"] = resource.Name,
            ["otel-service-name"] = resource.Name,
            ["otel-service-instance-id"] = workload.Instance.Suffix,
        };
        if (producers.Length > 0)
        {
            annotations["service-producer"] = DcpClient.Serialize(producers);
        }

        return annotations;
    }

    public ExecutableSpec CreateExecutable(IResource resource, WorkloadConfiguration configuration)
    {
        var (path, directory, firstArguments) = resource is ProjectResource project
            ? CreateProjectCommand(project)
            : resource is ExecutableResource executable ? (executable.Command, executable.WorkingDirectory, [])
            : throw new InvalidOperationException($"'{resource.Name}' is not an executable.");
        return new()
        {
            ExecutablePath = path,
            WorkingDirectory = directory,
            Args = [.. firstArguments, .. configuration.Arguments.Select(argument => argument.Value)],
            Env = [.. configuration.Environment],
        };
    }

    public static async Task<ContainerSpec> CreateContainerAsync(
        IResource resource, WorkloadConfiguration configuration, CancellationToken cancellationToken)
    {
        var container = resource as ContainerResource;
        List<string> arguments = [.. configuration.Arguments.Select(argument => argument.Value)];
        if (container?.ShellExecution == true)
        {
            arguments = ["-c", string.Join(' ', arguments)];
        }

        var runtimeArguments = new ContainerRuntimeArgsCallbackContext([], cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>())
        {
            await annotation.Callback(runtimeArguments);
        }

        return new()
        {
            Image = resource.Annotations.OfType<ContainerImageAnnotation>().Last().FullName,
            ContainerName = resource.Annotations.OfType<ContainerNameAnnotation>().LastOrDefault()?.Name,
            Command = container?.Entrypoint,
            Args = arguments,
            Env = [.. configuration.Environment],
            Ports = [.. resource.Annotations.OfType<EndpointAnnotation>().Select(CreatePort)],
            VolumeMounts = [.. resource.Annotations.OfType<ContainerMountAnnotation>().Select(CreateMount)],
            RunArgs = [.. runtimeArguments.Args.Select(argument => argument.ToString()!)],
            Persistent = IsPersistent(resource),
            PullPolicy = resource.Annotations.OfType<ContainerImagePullPolicyAnnotation>().LastOrDefault()?.ImagePullPolicy switch
            {
                null or ImagePullPolicy.Default => null,
                var policy => policy.ToString(),
            },
        };
    }

    private static bool IsPersistent(IResource resource) =>
        resource.Annotations.OfType<ContainerLifetimeAnnotation>().LastOrDefault()?.Lifetime == ContainerLifetime.Persistent;

    private static int? ProducerPort(DcpService service) =>
        service.Endpoint.IsProxied ? service.Endpoint.TargetPort : service.Endpoint.TargetPort ?? service.Endpoint.Port;

    private static ContainerPort CreatePort(EndpointAnnotation endpoint) => new(
        endpoint.TargetPort ?? throw new InvalidOperationException($"The endpoint '{endpoint.Name}' of a container must specify the TargetPort value."),
        endpoint.IsProxied ? null : endpoint.Port);

    private static ContainerMount CreateMount(ContainerMountAnnotation mount) =>
        new(mount.Type == ContainerMountType.BindMount ? "bind" : "volume", mount.Source, mount.Target, mount.IsReadOnly);

    /// <summary>
    /// Runs what the application host's build has built. A project that it does not refer to is run, and built, by the SDK.
    /// </summary>
    private (string Path, string Directory, string[] Arguments) CreateProjectCommand(ProjectResource project)
    {
        var metadata = project.GetProjectMetadata();
        var projectPath = metadata.ProjectPath;
        var directory = Path.GetDirectoryName(projectPath)!;
        // A test may use the types of an application host other than its own.
        string[] arguments = (new AppHostAssembly(metadata.GetType().Assembly).GetProjectOutput(projectPath) ?? appHost.GetProjectOutput(projectPath)) is { } output
            ? [output]
            : ["run", "--project", projectPath, "--no-launch-profile"];
        return ("dotnet", directory, [.. arguments, .. ProfileArguments(project)]);
    }

    private static string[] ProfileArguments(ProjectResource project) =>
        !project.HasAnnotationOfType<CommandLineArgsCallbackAnnotation>()
        && project.GetEffectiveLaunchProfile()?.Profile.CommandLineArgs is { Length: > 0 } line
            ? line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : [];
}
