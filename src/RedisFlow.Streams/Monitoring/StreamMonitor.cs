using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using StackExchange.Redis;

namespace RedisFlow.Streams.Monitoring;

/// <inheritdoc/>
internal sealed class StreamMonitor(SharedRedis redis, FeatureProbe probe, [FromKeyedServices] StreamContext stream)
    : IStreamMonitor
{
    private readonly StreamKeys _keys = stream.Keys;

    /// <inheritdoc/>
    public async Task<StreamSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default) =>
        Parse(
            _keys.StreamName,
            await redis
                .RunAsync(
                    StreamScripts.Snapshot,
                    [_keys.Stream, _keys.Dead, _keys.Groups, _keys.Paused, _keys.Delayed],
                    [_keys.ConsumerPrefix, _keys.Parked(""), _keys.ParkedTypes("")],
                    cancellationToken
                )
                .ConfigureAwait(false)
        );

    /// <inheritdoc/>
    public async Task<StreamServer> GetServerAsync(CancellationToken cancellationToken = default)
    {
        var server = await probe.ProbeAsync(cancellationToken).ConfigureAwait(false);
        return new StreamServer(
            server.Version,
            server.IsSupported,
            server.HasAckDel,
            server.HasClaim,
            server.HasIdempotentAdd
        )
        {
            Product = server.Product.Name,
            ProductVersion = server.Product.Version,
            HasStreams = server.HasStreams,
        };
    }

    private static StreamSnapshot Parse(string stream, RedisResult reply)
    {
        var items = RedisReply.Items(reply);
        var now = RedisReply.Integer(items[3]);
        return new StreamSnapshot(
            stream,
            RedisReply.Integer(items[0]),
            RedisReply.Position(items[1]),
            RedisReply.Integer(items[2]),
            [
                .. RedisReply
                    .Items(items[4])
                    .Select(group => Group(stream, RedisReply.Items(group), now))
                    .OrderBy(group => group.Name, StringComparer.Ordinal),
            ]
        )
        {
            FirstPosition = RedisReply.OptionalPosition(items[5]),
            EntriesAdded = RedisReply.Integer(items[6]),
            MemoryBytes = Optional(items[7]),
            Delayed = RedisReply.Integer(items[8]),
        };
    }

    private static GroupSnapshot Group(string stream, RedisResult[] group, long now)
    {
        var delivered = RedisReply.Position(group[3]);
        var firstPending = RedisReply.OptionalPosition(group[4]);
        return new GroupSnapshot(
            stream,
            RedisReply.Text(group[0]),
            Optional(group[1]),
            RedisReply.Integer(group[2]),
            firstPending is { } first ? Age(first, now) : null,
            delivered,
            StreamState.SettledOf(delivered, firstPending),
            [.. RedisReply.Items(group[5]).Select(consumer => Consumer(RedisReply.Items(consumer)))]
        )
        {
            IsDeclared = RedisReply.Integer(group[6]) == 1,
            Exists = RedisReply.Integer(group[7]) == 1,
            Paused = RedisReply.IsNull(group[8]) ? null : PausedGroups.Parse(RedisReply.Text(group[8])),
            EntriesRead = Optional(group[9]),
            OldestPendingIdle = Optional(group[10]) is { } idle ? TimeSpan.FromMilliseconds(idle) : null,
            OldestPendingDeliveries = Optional(group[11]) ?? 0,
            Parked = RedisReply.Integer(group[12]),
            ParkedFor = RedisReply
                .Items(group[13])
                .Chunk(2)
                .Select(pair => (WaitsFor: RedisReply.Text(pair[0]), Count: RedisReply.Integer(pair[1])))
                .Where(parked => parked.WaitsFor != ParkedMessages.Left)
                .ToDictionary(parked => parked.WaitsFor, parked => parked.Count, StringComparer.Ordinal),
        };
    }

    private static ConsumerSnapshot Consumer(RedisResult[] consumer) =>
        new(
            RedisReply.Text(consumer[0]),
            RedisReply.Integer(consumer[1]),
            TimeSpan.FromMilliseconds(RedisReply.Integer(consumer[2]))
        )
        {
            Inactive = Optional(consumer[3]) is { } inactive and >= 0 ? TimeSpan.FromMilliseconds(inactive) : null,
            Rival = RedisReply.IsNull(consumer[4]) ? null : RedisReply.Text(consumer[4]),
        };

    /// <summary>0 for an id that the server's clock did not make, or made before it was set back.</summary>
    private static TimeSpan Age(MessagePosition position, long now) =>
        position.Milliseconds < (ulong)now
            ? TimeSpan.FromMilliseconds(now - (long)position.Milliseconds)
            : TimeSpan.Zero;

    private static long? Optional(RedisResult reply) => RedisReply.IsNull(reply) ? null : RedisReply.Integer(reply);
}
