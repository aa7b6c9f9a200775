using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Publishing;

/// <summary>Creates and registers consumer groups.</summary>
internal sealed class GroupDeclaration(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    ILogger<GroupDeclaration> logger
)
{
    private readonly StreamKeys _keys = stream.Keys;

    /// <summary>Makes sure that the group exists.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="start">Where it starts if it does not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the group was created; <c>false</c> if it existed.</returns>
    public async Task<bool> DeclareAsync(string group, MessagePosition start, CancellationToken cancellationToken)
    {
        var reply = await redis
            .RunAsync(
                StreamScripts.DeclareGroup,
                [_keys.Stream, _keys.Groups],
                [group, start.ToString()],
                cancellationToken
            )
            .ConfigureAwait(false);
        var created = RedisReply.Integer(reply) == 1;
        if (created)
        {
            logger.GroupCreated(_keys.StreamName, group);
        }

        return created;
    }
}
