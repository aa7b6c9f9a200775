using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of a resource at one moment.</summary>
[DebuggerDisplay("{ResourceType,nq} {State?.Text,nq} {HealthStatus}")]
public sealed record CustomResourceSnapshot
{
    private readonly ImmutableArray<HealthReportSnapshot> _healthReports = [];
    private readonly ResourceStateSnapshot? _state;

    /// <summary>Grows with every published change of the resource.</summary>
    internal long Version { get; init; }

    public required string ResourceType { get; init; }

    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    public DateTime? CreationTimeStamp { get; init; }

    public DateTime? StartTimeStamp { get; init; }

    public DateTime? StopTimeStamp { get; init; }

    public ResourceStateSnapshot? State
    {
        get => _state;
        init
        {
            _state = value;
            HealthStatus = GetHealthStatus(_healthReports, value);
        }
    }

    public int? ExitCode { get; init; }

    /// <summary>Set once the resource is healthy for the first time and its ready event has been raised.</summary>
    internal EventSnapshot? ResourceReadyEvent { get; init; }

    /// <summary>The worst of the health reports; <see langword="null"/> unless the resource is running.</summary>
    public HealthStatus? HealthStatus { get; private set; }

    public ImmutableArray<HealthReportSnapshot> HealthReports
    {
        get => _healthReports;
        internal init
        {
            _healthReports = value;
            HealthStatus = GetHealthStatus(value, _state);
        }
    }

    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    public ImmutableArray<VolumeSnapshot> Volumes { get; init; } = [];

    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    public bool IsHidden { get; init; }

    internal bool SupportsDetailedTelemetry { get; init; }

    public string? IconName { get; init; }

    public IconVariant? IconVariant { get; init; }

    /// <summary>A running resource without checks is healthy; one whose checks have not answered yet is not.</summary>
    private static HealthStatus? GetHealthStatus(ImmutableArray<HealthReportSnapshot> reports, ResourceStateSnapshot? state)
    {
        const HealthStatus Healthy = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy;
        const HealthStatus Unhealthy = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy;

        if (state?.Text != KnownResourceStates.Running)
        {
            return null;
        }

        return reports.IsEmpty ? Healthy : reports.Min(report => report.Status) ?? Unhealthy;
    }
}

/// <param name="EventTask">Completes when the event's subscribers are done.</param>
internal sealed record EventSnapshot(Task EventTask);
