using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>The epochs as the service's group has written them to Redis.</summary>
internal sealed record PersistedEpochs(
    MessagePosition Everything,
    IReadOnlyDictionary<string, MessagePosition> Prefixes,
    IReadOnlyDictionary<string, MessagePosition> Tags);
