using System.Globalization;
using RedisFlow.Domain;
using RedisFlow.Integration.Holds;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Integration;

/// <summary>Looks at the stream with Redis's own commands, independently of the engine under test.</summary>
public sealed class StreamProbe(IDatabase redis)
{
    private static readonly StreamKeys Keys = new(StreamNames.CacheInvalidation);

    public async Task<long> LengthAsync() => (long)await redis.ExecuteAsync("XLEN", Keys.Stream);

    public async Task<long> DeadLettersAsync() => (long)await redis.ExecuteAsync("XLEN", Keys.Dead);

    public async Task<GroupState> GroupAsync(string group)
    {
        var groups = (RedisResult[])(await redis.ExecuteAsync("XINFO", "GROUPS", Keys.Stream))!;
        foreach (var entry in groups.Select(Fields).Where(fields => (string?)fields["name"] == group))
        {
            // Counted, not asked for: before 7.2.7 Redis's own lag is unknown or wrong after a restart, as what was
            // read is in the append-only file without its count.
            var delivered = (string)entry["last-delivered-id"]!;
            var waiting = (RedisResult[])(await redis.ExecuteAsync("XRANGE", Keys.Stream, $"({delivered}", "+"))!;
            return new GroupState(
                (long)entry["pending"],
                waiting.Length,
                entry["entries-read"].IsNull ? null : (long)entry["entries-read"],
                MessagePosition.Parse(delivered)
            );
        }

        throw new InvalidOperationException($"Redis knows no group {group}.");
    }

    /// <summary>
    /// Waits until the group was given everything up to the position, and has acknowledged all that it was given.
    /// </summary>
    public Task<GroupState> UntilSettledAsync(string group, MessagePosition position) =>
        Deadline.UntilAsync(
            () => GroupAsync(group),
            state => state.LastDelivered >= position && state.Pending == 0,
            $"group {group} has settled everything up to {position}"
        );

    /// <summary>
    /// Makes Redis count right again what a group that has read everything was given: before 7.2.7 a restart, which
    /// another test may have made, leaves the count too small for good, and Redis's lag too large.
    /// </summary>
    public async Task CorrectCountAsync(string group)
    {
        var stream = Fields(await redis.ExecuteAsync("XINFO", "STREAM", Keys.Stream));
        var last = (string)stream["last-generated-id"]!;
        await UntilSettledAsync(group, MessagePosition.Parse(last));
        await redis.ExecuteAsync(
            "XGROUP",
            "SETID",
            Keys.Stream,
            group,
            last,
            "ENTRIESREAD",
            (long)stream["entries-added"]
        );
    }

    /// <summary>The group's pending entries: who holds them and how often they were delivered.</summary>
    public async Task<IReadOnlyList<PendingEntry>> PendingAsync(string group)
    {
        var entries = (RedisResult[])(await redis.ExecuteAsync("XPENDING", Keys.Stream, group, "-", "+", 1000))!;
        return
        [
            .. entries
                .Select(entry => (RedisResult[])entry!)
                .Select(fields => new PendingEntry(
                    MessagePosition.Parse((string)fields[0]!),
                    (string)fields[1]!,
                    (long)fields[3]
                )),
        ];
    }

    /// <summary>Lets the group's workers receive messages, but not handle them, until the result is disposed.</summary>
    public async Task<IAsyncDisposable> HoldAsync(string group)
    {
        var key = HoldingStartup.KeyOf(group);
        await redis.StringSetAsync(key, "");
        return new Hold(redis, key);
    }

    private static Dictionary<string, RedisResult> Fields(RedisResult group)
    {
        var flat = (RedisResult[])group!;
        return Enumerable
            .Range(0, flat.Length / 2)
            .ToDictionary(i => ((string)flat[2 * i]!).ToLower(CultureInfo.InvariantCulture), i => flat[(2 * i) + 1]);
    }

    private sealed class Hold(IDatabase redis, RedisKey key) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await redis.KeyDeleteAsync(key);
    }
}

/// <summary>The state of a group, as XINFO GROUPS tells it; <c>null</c> where Redis does not know.</summary>
public sealed record GroupState(long Pending, long Lag, long? EntriesRead, MessagePosition LastDelivered);

/// <summary>An entry that was delivered and not yet acknowledged.</summary>
public sealed record PendingEntry(MessagePosition Position, string Consumer, long Deliveries);
