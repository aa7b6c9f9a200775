using System.Collections;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// Compares snapshots by what they say. A record's own equality does not: it compares immutable arrays by reference,
/// and whoever publishes a snapshot builds its arrays anew.
/// </summary>
internal static class SnapshotContent
{
    /// <summary>True if the snapshots differ in nothing but <see cref="CustomResourceSnapshot.Version"/>.</summary>
    public static bool IsSame(CustomResourceSnapshot left, CustomResourceSnapshot right) =>
        ScalarsOf(left).Equals(ScalarsOf(right))
        && left.Properties.SequenceEqual(right.Properties, IsSame)
        && left.EnvironmentVariables.AsSpan().SequenceEqual(right.EnvironmentVariables.AsSpan())
        && left.Urls.AsSpan().SequenceEqual(right.Urls.AsSpan())
        && left.Volumes.AsSpan().SequenceEqual(right.Volumes.AsSpan())
        && left.Commands.AsSpan().SequenceEqual(right.Commands.AsSpan())
        && left.Relationships.AsSpan().SequenceEqual(right.Relationships.AsSpan())
        && left.HealthReports.AsSpan().SequenceEqual(right.HealthReports.AsSpan());

    private static object ScalarsOf(CustomResourceSnapshot snapshot) => (
        snapshot.ResourceType,
        snapshot.CreationTimeStamp,
        snapshot.StartTimeStamp,
        snapshot.StopTimeStamp,
        snapshot.State,
        snapshot.ExitCode,
        snapshot.ResourceReadyEvent,
        snapshot.IsHidden,
        snapshot.SupportsDetailedTelemetry,
        snapshot.IconName,
        snapshot.IconVariant);

    private static bool SequenceEqual(
        this IReadOnlyList<ResourcePropertySnapshot> left,
        IReadOnlyList<ResourcePropertySnapshot> right,
        Func<ResourcePropertySnapshot, ResourcePropertySnapshot, bool> isSame) =>
        left.Count == right.Count && left.Zip(right).All(pair => isSame(pair.First, pair.Second));

    private static bool IsSame(ResourcePropertySnapshot left, ResourcePropertySnapshot right) =>
        left with { Value = null } == right with { Value = null } && IsSameValue(left.Value, right.Value);

    private static bool IsSameValue(object? left, object? right) => (left, right) switch
    {
        (string, _) or (_, string) => Equals(left, right),
        (IEnumerable first, IEnumerable second) => IsSameSequence([.. first.Cast<object?>()], [.. second.Cast<object?>()]),
        _ => Equals(left, right),
    };

    private static bool IsSameSequence(List<object?> left, List<object?> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => IsSameValue(pair.First, pair.Second));
}
