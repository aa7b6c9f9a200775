namespace RedisFlow.Streams.Consuming.Core;

/// <summary>What must be done with the entries that a worker holds.</summary>
/// <param name="Renew">Whose lease is to be renewed.</param>
/// <param name="Retry">Which are to be taken again.</param>
/// <param name="Next">How long until something may be due again.</param>
internal sealed record DueWork(
    IReadOnlyList<MessagePosition> Renew,
    IReadOnlyList<InFlightMessage> Retry,
    TimeSpan Next
);
