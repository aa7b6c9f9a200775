using System.Collections.Concurrent;
using System.Diagnostics;
using RedisFlow.Benchmarks.Measuring;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Raw;

/// <summary>Removal by prefix as caches without epochs do it: look at every key, delete those that match.</summary>
internal sealed class ScanRemoval(IDatabase database)
{
    private const int Page = 1000;

    /// <summary>Fills the database.</summary>
    public async Task FillAsync(IEnumerable<string> keys, string value, CancellationToken cancellationToken)
    {
        var window = new PipelineWindow(RawClient.Window);
        foreach (var key in keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await window.AddAsync(database.StringSetAsync(key, value));
        }

        await window.DrainAsync();
    }

    /// <summary>Deletes what matches; a page is deleted while the next one is looked for.</summary>
    /// <returns>How many keys were deleted.</returns>
    public async Task<long> RemoveAsync(string pattern)
    {
        var deleting = new List<Task<long>>();
        var cursor = "0";
        do
        {
            var reply = (RedisResult[])(await database.ExecuteAsync("SCAN", cursor, "MATCH", pattern, "COUNT", Page))!;
            cursor = (string)reply[0]!;
            if ((RedisKey[])reply[1]! is { Length: > 0 } keys)
            {
                deleting.Add(database.KeyDeleteAsync(keys));
            }
        } while (cursor != "0");

        return (await Task.WhenAll(deleting)).Sum();
    }

    /// <summary>The same in memory: a dictionary with these keys is walked and emptied.</summary>
    /// <returns>How long the walk took, in milliseconds.</returns>
    public static double Walk(IReadOnlyList<string> keys, string prefix)
    {
        var dictionary = new ConcurrentDictionary<string, string>(
            keys.Select(key => KeyValuePair.Create(key, key)),
            StringComparer.Ordinal
        );
        Throughput.Settle();
        var begin = Stopwatch.GetTimestamp();
        foreach (var (key, _) in dictionary)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
            {
                dictionary.TryRemove(key, out _);
            }
        }

        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
