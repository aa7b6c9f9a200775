using System.Globalization;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Processes;

/// <summary>How far a group is. (Its lag is unknown after XGROUP DESTROY.)</summary>
/// <param name="Last">The stream's last position.</param>
/// <param name="Delivered">The last position that the group was delivered.</param>
/// <param name="Pending">What it has not acknowledged; -1 if there is no such group.</param>
internal sealed record GroupProgress(string Last, string Delivered, long Pending)
{
    /// <summary>Whether everything was delivered and acknowledged.</summary>
    public bool IsDrained => Pending == 0 && Delivered == Last;

    /// <summary>Asks Redis.</summary>
    public static async Task<GroupProgress> ReadAsync(IDatabase database, StreamKeys keys, string group)
    {
        var last = Field(await database.ExecuteAsync("XINFO", "STREAM", (RedisKey)keys.Stream), "last-generated-id");
        var groups = (RedisResult[])(await database.ExecuteAsync("XINFO", "GROUPS", (RedisKey)keys.Stream))!;
        var found = groups.FirstOrDefault(entry => Field(entry, "name") == group);
        return found is null
            ? new GroupProgress(last, "no such group", -1)
            : new GroupProgress(
                last,
                Field(found, "last-delivered-id"),
                long.Parse(Field(found, "pending"), CultureInfo.InvariantCulture)
            );
    }

    private static string Field(RedisResult map, string name)
    {
        var items = (RedisResult[])map!;
        return (string)items[Array.FindIndex(items, item => !item.IsNull && (string?)item == name) + 1]!;
    }
}
