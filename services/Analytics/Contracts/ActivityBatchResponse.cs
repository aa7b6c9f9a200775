namespace RedisFlow.Analytics.Contracts;

/// <summary>What became of a batch.</summary>
/// <param name="Counted">How many events the batch counted.</param>
/// <param name="Repeated">Whether it did so when it was sent before, and nothing now.</param>
internal sealed record ActivityBatchResponse(long Counted, bool Repeated);
