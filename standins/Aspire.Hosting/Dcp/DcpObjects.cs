using System.Text.Json.Serialization;

namespace Aspire.Hosting.Dcp;

/// <summary>The kinds of objects, by the names that DCP's addresses use.</summary>
internal static class DcpKinds
{
    public const string Group = "usvc-dev.developer.microsoft.com";
    public const string Version = Group + "/v1";

    public const string Executables = "executables";
    public const string Containers = "containers";
    public const string ContainerVolumes = "containervolumes";
    public const string Services = "services";

    public static string KindOf(string plural) => plural switch
    {
        Executables => "Executable",
        Containers => "Container",
        ContainerVolumes => "ContainerVolume",
        Services => "Service",
        _ => throw new ArgumentOutOfRangeException(nameof(plural)),
    };
}

internal sealed class DcpObject<TSpec, TStatus>
    where TSpec : class
    where TStatus : class
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public DcpMetadata Metadata { get; init; } = new();

    public TSpec? Spec { get; init; }

    public TStatus? Status { get; init; }
}

internal sealed class DcpMetadata
{
    public string Name { get; init; } = "";

    public string? Uid { get; init; }

    public DateTime? CreationTimestamp { get; init; }

    public Dictionary<string, string> Annotations { get; init; } = [];
}

internal sealed record DcpVariable(string Name, string? Value);

internal sealed class ExecutableSpec
{
    public required string ExecutablePath { get; init; }

    public string? WorkingDirectory { get; init; }

    public List<string> Args { get; init; } = [];

    public List<DcpVariable> Env { get; init; } = [];

    public string ExecutionType { get; init; } = "Process";

    public bool? Stop { get; init; }
}

/// <summary>What DCP says about a running executable or container; each has only some of these.</summary>
internal sealed class WorkloadStatus
{
    public string? State { get; init; }

    public int? Pid { get; init; }

    public string? ContainerId { get; init; }

    public int? ExitCode { get; init; }

    public string? Message { get; init; }

    public DateTime? StartupTimestamp { get; init; }

    public DateTime? FinishTimestamp { get; init; }

    public List<DcpVariable>? EffectiveEnv { get; init; }

    public List<string>? EffectiveArgs { get; init; }
}

internal sealed class ContainerSpec
{
    public required string Image { get; init; }

    public string? ContainerName { get; init; }

    public string? Command { get; init; }

    public List<string> Args { get; init; } = [];

    public List<DcpVariable> Env { get; init; } = [];

    public List<ContainerPort> Ports { get; init; } = [];

    public List<ContainerMount> VolumeMounts { get; init; } = [];

    public List<string> RunArgs { get; init; } = [];

    public bool Persistent { get; init; }

    public string? PullPolicy { get; init; }

    public bool? Stop { get; init; }
}

internal sealed record ContainerPort(int ContainerPortNumber, int? HostPort)
{
    [JsonPropertyName("containerPort")]
    public int ContainerPortNumber { get; init; } = ContainerPortNumber;

    public string HostIP { get; init; } = "127.0.0.1";
}

internal sealed record ContainerMount(string Type, string? Source, string Target, bool ReadOnly);

internal sealed class ContainerVolumeSpec
{
    public required string Name { get; init; }

    public bool Persistent { get; init; }
}

internal sealed class ServiceSpec
{
    public int? Port { get; init; }

    public string? Address { get; init; }

    public string Protocol { get; init; } = "TCP";

    public string AddressAllocationMode { get; init; } = "Localhost";
}

internal sealed class ServiceStatus
{
    public string? State { get; init; }

    public string? EffectiveAddress { get; init; }

    public int? EffectivePort { get; init; }
}

internal sealed class NoStatus;

/// <summary>One object's change.</summary>
internal sealed class DcpChange<TSpec, TStatus>
    where TSpec : class
    where TStatus : class
{
    public const string Deleted = "DELETED";
    public const string Bookmark = "BOOKMARK";

    public string Type { get; init; } = "";

    public DcpObject<TSpec, TStatus>? Object { get; init; }
}

/// <summary>What the object that offers a service tells DCP.</summary>
/// <param name="ServiceName">The service.</param>
/// <param name="Port">The port; none: DCP chooses one.</param>
internal sealed record ServiceProducer(string ServiceName, int? Port);

internal sealed class DcpExecution
{
    public const string CleaningResources = nameof(CleaningResources);
    public const string CleanupComplete = nameof(CleanupComplete);
    public const string Stopping = nameof(Stopping);

    public string? Status { get; init; }
}
