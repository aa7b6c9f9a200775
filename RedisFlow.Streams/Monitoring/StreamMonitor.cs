using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Configuration;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using StackExchange.Redis;

namespace RedisFlow.Streams.Monitoring;

/// <inheritdoc/>
internal sealed class StreamMonitor(SharedRedis redis, [FromKeyedServices] StreamContext stream) : IStreamMonitor
{
    private readonly StreamKeys _keys = stream.Keys;

    /// <inheritdoc/>
    public async Task<StreamSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default) =>
        Parse(_keys.StreamName, await redis.RunAsync(SnapshotScript.Script, [_keys.Stream, _keys.Dead, _keys.Groups], [], cancellationToken));

    private static StreamSnapshot Parse(string stream, RedisResult reply)
    {
        var items = RedisReply.Items(reply);
        var now = RedisReply.Integer(items[3]);
        return new StreamSnapshot(
            stream,
            RedisReply.Integer(items[0]),
            RedisReply.Position(items[1]),
            RedisReply.Integer(items[2]),
            [.. RedisReply.Items(items[4]).Select(group => Group(RedisReply.Items(group), now)).OrderBy(group => group.Name, StringComparer.Ordinal)]);
    }

    private static GroupSnapshot Group(RedisResult[] group, long now)
    {
        var delivered = RedisReply.Position(group[3]);
        var firstPending = RedisReply.OptionalPosition(group[4]);
        return new GroupSnapshot(
            RedisReply.Text(group[0]),
            RedisReply.IsNull(group[1]) ? null : RedisReply.Integer(group[1]),
            RedisReply.Integer(group[2]),
            firstPending is { } first ? TimeSpan.FromMilliseconds(Math.Max(0, now - (long)first.Milliseconds)) : null,
            delivered,
            StreamState.SettledOf(delivered, firstPending),
            [.. RedisReply.Items(group[5]).Select(RedisReply.Items).Select(consumer => new ConsumerSnapshot(
                RedisReply.Text(consumer[0]), RedisReply.Integer(consumer[1]), TimeSpan.FromMilliseconds(RedisReply.Integer(consumer[2]))))]);
    }
}
