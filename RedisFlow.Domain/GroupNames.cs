namespace RedisFlow.Domain;

/// <summary>
/// Consumer groups of <see cref="StreamNames.CacheInvalidation"/>: one per service, since a group hands each message to
/// only one of its consumers. A group has the name of the service it works for.
/// </summary>
public static class GroupNames
{
    /// <summary>The group of the Reporting service.</summary>
    public const string Reporting = ResourceNames.Reporting;

    /// <summary>The group of the Analytics service, shared by its replicas.</summary>
    public const string Analytics = ResourceNames.Analytics;

    /// <summary>The group of the Billing service.</summary>
    public const string Billing = ResourceNames.Billing;

    /// <summary>Every declared group.</summary>
    public static IReadOnlyList<string> All { get; } = [Reporting, Analytics, Billing];
}
