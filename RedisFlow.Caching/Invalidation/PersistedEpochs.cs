using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>The epochs as the service's group has written them to Redis.</summary>
internal sealed record PersistedEpochs(
    StreamPosition Everything,
    IReadOnlyDictionary<string, StreamPosition> Prefixes,
    IReadOnlyDictionary<string, StreamPosition> Tags);
