namespace RedisFlow.Chaos.Faults;

/// <summary>A fault as it happened.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Begin">When it began, by the monotonic clock.</param>
/// <param name="End">When it was over.</param>
/// <param name="Group">The group that it met; <c>null</c> if it met all.</param>
/// <param name="Process">The worker process that it met; <c>null</c> if it met more.</param>
internal sealed record FaultEvent(FaultKind Kind, long Begin, long End, string? Group = null, string? Process = null)
{
    /// <summary>Whether the fault met this process of this group.</summary>
    public bool Touches(string group, string process) => (Group ?? group) == group && (Process ?? process) == process;
}
