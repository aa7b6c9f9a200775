using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Administration;

/// <summary>Gives up a group's backlog.</summary>
internal sealed class BacklogDropper(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] UnknownGroups unknown,
    ILogger<StreamAdministration> logger
)
{
    public async Task<DroppedBacklog> DropAsync(string group, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        var reply = await redis
            .RunAsync(StreamScripts.DropBacklog, [stream.Keys.Stream], [group], cancellationToken)
            .ConfigureAwait(false);
        var items = RedisReply.IsNull(reply)
            ? throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false)
            : RedisReply.Items(reply);
        var dropped = new DroppedBacklog(
            RedisReply.Integer(items[0]),
            RedisReply.IsNull(items[1]) ? null : RedisReply.Integer(items[1]),
            RedisReply.Position(items[2])
        );
        logger.BacklogDropped(stream.Name, group, dropped.Pending, dropped.Undelivered, dropped.Position);
        return dropped;
    }
}
