using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>
/// The epochs of a service as they are in Redis: when each prefix, each tag, and everything was last invalidated. Read
/// by its own rules, so that the cache's reading of them is not taken on trust.
/// </summary>
/// <param name="fields">The fields of the hash: <c>*</c>, <c>p:</c> and a prefix, <c>t:</c> and a tag, each with a
/// position.</param>
internal sealed class EpochFields(IReadOnlyDictionary<string, MessagePosition> fields)
{
    /// <summary>Whether an epoch has dropped the entry.</summary>
    public bool Drop(StoredEntry entry) => fields.Any(epoch => epoch.Value > entry.AsOf && Concerns(epoch.Key, entry));

    private static bool Concerns(string field, StoredEntry entry) =>
        field switch
        {
            "*" => true,
            ['p', ':', .. var prefix] => entry.Name == prefix
                || entry.Name.StartsWith(prefix + ":", StringComparison.Ordinal),
            ['t', ':', .. var tag] => entry.Tags.Contains(tag),
            _ => false,
        };
}
