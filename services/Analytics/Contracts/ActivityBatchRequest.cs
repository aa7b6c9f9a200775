namespace RedisFlow.Analytics.Contracts;

/// <summary>Things that happened, to be counted.</summary>
/// <param name="BatchId">A name that no other batch has, 1 to 64 visible ASCII characters: a batch that is sent again
/// within a day is then counted once.</param>
/// <param name="Events">1 to 1000 events.</param>
internal sealed record ActivityBatchRequest(string? BatchId, IReadOnlyList<ActivityEventRequest?>? Events);

/// <summary>One thing that happened, or several of one kind.</summary>
/// <param name="CompanyId">The company that it happened to. Whether there is one is not asked.</param>
/// <param name="Kind">What happened: view, search, export or share.</param>
/// <param name="Count">How often, 1 (the default) to 1000000.</param>
/// <param name="OccurredAt">When, with an offset, e.g. 2030-01-31T12:00:00Z; at most 7 days ago. By default
/// now.</param>
internal sealed record ActivityEventRequest(long? CompanyId, string? Kind, long? Count, DateTimeOffset? OccurredAt);
