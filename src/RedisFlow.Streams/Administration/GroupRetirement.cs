using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Administration;

/// <summary>Deletes groups that no service consumes any more.</summary>
internal sealed class GroupRetirement(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] UnknownGroups unknown,
    ILogger<StreamAdministration> logger
)
{
    public async Task<RetiredGroup> RetireAsync(string group, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        var keys = stream.Keys;
        var lease = stream.Options.LeaseDuration;
        var reply = await redis
            .RunAsync(
                StreamScripts.RetireGroup,
                [
                    keys.Stream,
                    keys.Groups,
                    keys.Paused,
                    keys.Parked(group),
                    keys.ParkedSubjects(group),
                    keys.ParkedTypes(group),
                ],
                [group, (long)lease.TotalMilliseconds, keys.ConsumerPrefix],
                cancellationToken
            )
            .ConfigureAwait(false);
        var items = RedisReply.IsNull(reply)
            ? throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false)
            : RedisReply.Items(reply);
        if (RedisReply.Integer(items[0]) == 0)
        {
            var idle = TimeSpan.FromMilliseconds(RedisReply.Integer(items[2]));
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Group '{group}' is consumed: '{RedisReply.Text(items[1])}' gave a sign of life "
                        + $"{idle.TotalSeconds:0.0} s ago. Stop the service, wait for a lease "
                        + $"({lease.TotalSeconds:0.###} s), and try again."
                )
            );
        }

        var retired = new RetiredGroup(
            stream.Name,
            group,
            RedisReply.Integer(items[1]),
            RedisReply.IsNull(items[2]) ? null : RedisReply.Integer(items[2])
        )
        {
            Parked = RedisReply.Integer(items[3]),
        };
        logger.GroupRetired(stream.Name, group, retired.Pending, retired.Undelivered);
        return retired;
    }
}
