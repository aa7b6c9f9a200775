namespace RedisFlow.Chaos.Data;

/// <summary>What a writer or a reader is started with.</summary>
/// <param name="Redis">Redis.</param>
/// <param name="Database">Its database.</param>
/// <param name="Instance">Its name.</param>
/// <param name="Items">How many rows there are.</param>
/// <param name="Break">The fault on purpose.</param>
/// <param name="Receipts">Where a writer records its receipts; <c>null</c>: it only relays.</param>
internal sealed record DataArguments(
    string Redis,
    string Database,
    string Instance,
    int Items,
    DataBreak Break,
    string? Receipts = null
)
{
    /// <summary>The lease of the relay and of messages; shorter than a freeze.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(2);

    /// <summary>The readers' group.</summary>
    public const string Group = "copies";
}
