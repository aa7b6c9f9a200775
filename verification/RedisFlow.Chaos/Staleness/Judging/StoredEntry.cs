using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>An entry as it is in Redis.</summary>
/// <param name="Key">The key's number.</param>
/// <param name="Name">The key as the cache knows it.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="AsOf">The position that it is as of.</param>
/// <param name="Version">The version that it holds.</param>
internal sealed record StoredEntry(
    int Key,
    string Name,
    IReadOnlyList<string> Tags,
    MessagePosition AsOf,
    long Version
);
