namespace RedisFlow.Analytics.Activity;

/// <summary>
/// What is counted of a company: a fixed list, so that no typing error becomes a counter of its own.
/// </summary>
internal static class ActivityKinds
{
    /// <summary>Every kind, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } = ["view", "search", "export", "share"];

    public static bool IsKnown(string? kind) => kind is not null && All.Contains(kind, StringComparer.Ordinal);
}
