using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <param name="Name">The check's key.</param>
/// <param name="Status">The check's result; <see langword="null"/> until it has answered.</param>
/// <param name="Description">What the check says.</param>
/// <param name="ExceptionText">Why the check failed.</param>
[DebuggerDisplay("{Status}", Name = "{Name}")]
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    public DateTime? LastRunAt { get; init; }
}
