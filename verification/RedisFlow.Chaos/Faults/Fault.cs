using System.Globalization;

namespace RedisFlow.Chaos.Faults;

/// <summary>One planned fault.</summary>
/// <param name="At">When it begins, from the start of publishing.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Length">How long it lasts; zero for what is done at once.</param>
/// <param name="Group">The number of the group that it meets, where it meets one.</param>
/// <param name="Worker">The number of the worker within the group, where it meets one.</param>
/// <param name="NewInstance">For <see cref="FaultKind.WorkerKill"/>: whether the worker returns under a new instance
/// id.</param>
internal sealed record Fault(TimeSpan At, FaultKind Kind, TimeSpan Length, int Group, int Worker, bool NewInstance)
{
    /// <summary>
    /// For <see cref="FaultKind.WorkerKill"/>: whether it comes when the worker is seen to handle messages, rather than
    /// on the dot.
    /// </summary>
    public bool WhileBusy { get; init; }

    /// <summary>When it is over.</summary>
    public TimeSpan End => At + Length;

    /// <inheritdoc/>
    public override string ToString()
    {
        var target = Kind switch
        {
            FaultKind.WorkerKill => string.Create(
                CultureInfo.InvariantCulture,
                $" of worker {Worker} of group {Group}, back under {(NewInstance ? "a new" : "the same")} id"
            ),
            FaultKind.WorkerStop => string.Create(
                CultureInfo.InvariantCulture,
                $" of worker {Worker} of group {Group}"
            ),
            FaultKind.GroupDestroy => string.Create(CultureInfo.InvariantCulture, $" of group {Group}"),
            _ => "",
        };
        var length =
            Length > TimeSpan.Zero
                ? string.Create(CultureInfo.InvariantCulture, $" for {Length.TotalSeconds:0.00} s")
                : "";
        return string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:0000.00} s  {Kind}{target}{length}");
    }
}
