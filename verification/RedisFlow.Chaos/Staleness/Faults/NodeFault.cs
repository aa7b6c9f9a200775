using System.Globalization;

namespace RedisFlow.Chaos.Staleness.Faults;

/// <summary>One planned fault.</summary>
/// <param name="At">When it begins, from the start of the round's load.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Length">How long it lasts; zero for what is done at once.</param>
/// <param name="Service">The number of the service that it meets, where it meets one.</param>
/// <param name="Instance">The number of the node within the service, where it meets one.</param>
/// <param name="Alternative">
/// For <see cref="NodeFaultKind.Kill"/>: back under a new instance id. For <see cref="NodeFaultKind.ServiceDown"/>:
/// ended by SIGTERM.
/// </param>
internal sealed record NodeFault(
    TimeSpan At,
    NodeFaultKind Kind,
    TimeSpan Length,
    int Service,
    int Instance,
    bool Alternative
)
{
    /// <summary>When it is over, apart from what has to restart.</summary>
    public TimeSpan End => At + Length;

    /// <inheritdoc/>
    public override string ToString()
    {
        var service = StalenessOptions.Services[Service];
        var target = Kind switch
        {
            NodeFaultKind.ClientKill => "",
            NodeFaultKind.ServiceDown => $" of {service}, by {(Alternative ? "SIGTERM" : "SIGKILL")}",
            NodeFaultKind.Kill => $" of {service}-{Instance}, back under {(Alternative ? "a new" : "the same")} id",
            _ => $" of {service}-{Instance}",
        };
        var length =
            Length > TimeSpan.Zero
                ? string.Create(CultureInfo.InvariantCulture, $" for {Length.TotalSeconds:0.00} s")
                : "";
        return string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:0000.00} s  {Kind}{target}{length}");
    }
}
