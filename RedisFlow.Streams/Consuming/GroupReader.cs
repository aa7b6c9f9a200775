using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming;

/// <summary>Reads new entries for the group, blocking until there are some.</summary>
internal sealed class GroupReader(
    ConsumerIdentity identity, BlockingConnection connection, MessageDecoder decoder, StreamMetrics metrics, TimeProvider time, TimeSpan block)
{
    /// <summary>Reads up to <paramref name="count"/> entries that no consumer of the group has seen.</summary>
    /// <returns>The entries; none if nothing came in time, or on a stop.</returns>
    public async Task<IReadOnlyList<RawEntry>> ReadNewAsync(int count, CancellationToken stop)
    {
        var begin = time.GetUtcNow();
        var clock = time.GetTimestamp();
        var reply = await connection.ReadAsync(
            "XREADGROUP",
            [
                "GROUP", identity.Group, identity.Consumer, "COUNT", count, "BLOCK", (long)block.TotalMilliseconds,
                "STREAMS", (RedisKey)identity.Keys.Stream, ">",
            ],
            block,
            stop);
        var entries = RedisReply.ReadEntries(reply);
        if (entries.Count > 0)
        {
            metrics.Received(identity.Group, entries.Count, time.GetElapsedTime(clock));
            StreamTelemetry.RecordReceive(
                identity.Stream, identity.Group, identity.Consumer, begin, () => SendContexts(entries), entries.Count);
        }

        return entries;
    }

    private IEnumerable<System.Diagnostics.ActivityContext> SendContexts(IReadOnlyList<RawEntry> entries) =>
        entries.Select(entry => decoder.Decode(entry).Message)
            .Select(message => message is null ? null : StreamTelemetry.SendContext(message))
            .OfType<System.Diagnostics.ActivityContext>();
}
