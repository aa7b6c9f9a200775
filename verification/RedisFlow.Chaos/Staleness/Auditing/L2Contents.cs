using System.Globalization;
using RedisFlow.Caching.L2;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Auditing;

/// <summary>What a service has in Redis, read past the cache.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Epochs">The epochs.</param>
internal sealed record L2Contents(IReadOnlyList<StoredEntry> Entries, EpochFields Epochs)
{
    private const int PageSize = 1000;

    /// <summary>Reads the entries of a service's cache.</summary>
    public static async Task<L2Contents> ReadAsync(IDatabase database, string service, KeySpace keys)
    {
        var prefix = $"{service}:1:";
        var entries = new List<StoredEntry>();
        foreach (var name in await NamesAsync(database, prefix))
        {
            var value = await database.StringGetAsync(prefix + name);
            if (!value.IsNull && L2Codec.Decode((byte[])value!, out var entry) == L2Content.Entry)
            {
                var key = keys.Parse(name);
                entries.Add(
                    new StoredEntry(key, name, entry!.Tags, entry.AsOf, StreamNode.VersionIn(key, entry.Payload.Span))
                );
            }
        }

        var fields = await database.HashGetAllAsync($"{service}:1/epochs");
        return new L2Contents(
            entries,
            new EpochFields(
                fields.ToDictionary(field => (string)field.Name!, field => MessagePosition.Parse((string)field.Value!))
            )
        );
    }

    /// <summary>Reads the entries of a service's plain cache; it has no epochs.</summary>
    public static async Task<L2Contents> ReadExpiringAsync(IDatabase database, string service, KeySpace keys)
    {
        var prefix = ExpiringNode.Prefix(service);
        var entries = new List<StoredEntry>();
        foreach (var name in await NamesAsync(database, prefix))
        {
            if ((string?)await database.StringGetAsync(prefix + name) is { } value)
            {
                entries.Add(
                    new StoredEntry(
                        keys.Parse(name),
                        name,
                        [],
                        MessagePosition.Beginning,
                        long.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture)
                    )
                );
            }
        }

        return new L2Contents(entries, new EpochFields(new Dictionary<string, MessagePosition>()));
    }

    /// <summary>The names under a prefix, without it. SCAN may say one twice.</summary>
    private static async Task<IReadOnlyCollection<string>> NamesAsync(IDatabase database, string prefix)
    {
        var names = new HashSet<string>();
        var cursor = "0";
        do
        {
            var page = (RedisResult[])
                (await database.ExecuteAsync("SCAN", cursor, "MATCH", prefix + "*", "COUNT", PageSize))!;
            cursor = (string)page[0]!;
            names.UnionWith(((string[])page[1]!).Select(name => name[prefix.Length..]));
        } while (cursor != "0");
        return names;
    }
}
