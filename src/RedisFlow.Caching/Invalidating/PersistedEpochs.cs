using RedisFlow.Streams;

namespace RedisFlow.Caching.Invalidating;

/// <summary>The epochs as the service's group has written them to Redis.</summary>
internal sealed record PersistedEpochs(
    MessagePosition Everything,
    IReadOnlyDictionary<string, MessagePosition> Prefixes,
    IReadOnlyDictionary<string, MessagePosition> Tags
);
