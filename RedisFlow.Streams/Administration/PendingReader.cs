using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Configuration;
using RedisFlow.Streams.Redis;
using StackExchange.Redis;

namespace RedisFlow.Streams.Administration;

/// <summary>Reads what a group holds. Reads only: neither idle times nor delivery counts change.</summary>
internal sealed class PendingReader(
    SharedRedis redis, [FromKeyedServices] StreamContext stream, [FromKeyedServices] UnknownGroups unknown)
{
    private const int MostPerPage = 1000;

    public async Task<IReadOnlyList<PendingMessage>> PageAsync(
        string group, PendingFilter? filter, MessagePosition? after, int count, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostPerPage);
        var minIdle = filter?.MinIdle ?? TimeSpan.Zero;
        ArgumentOutOfRangeException.ThrowIfLessThan(minIdle, TimeSpan.Zero, nameof(filter));
        object[] idle = minIdle == TimeSpan.Zero ? [] : ["IDLE", (long)minIdle.TotalMilliseconds];
        object[] consumer = filter?.Consumer is { } name ? [name] : [];
        try
        {
            var reply = await redis.ExecuteAsync(
                "XPENDING",
                [(RedisKey)stream.Keys.Stream, group, .. idle, after is null ? "-" : $"({after}", "+", count, .. consumer],
                cancellationToken);
            return Array.ConvertAll(RedisReply.Items(reply), Parse);
        }
        catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
        {
            throw await unknown.ExceptionAsync(group, cancellationToken);
        }
    }

    private static PendingMessage Parse(RedisResult entry)
    {
        var parts = RedisReply.Items(entry);
        return new PendingMessage(
            RedisReply.Position(parts[0]),
            RedisReply.Text(parts[1]),
            TimeSpan.FromMilliseconds(RedisReply.Integer(parts[2])),
            RedisReply.Integer(parts[3]));
    }
}
