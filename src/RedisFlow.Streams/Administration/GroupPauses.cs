using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Administration;

/// <summary>Pauses and resumes groups.</summary>
internal sealed class GroupPauses(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] UnknownGroups unknown,
    ILogger<StreamAdministration> logger
)
{
    private const int LongestReason = 500;

    public async Task<GroupPause> PauseAsync(string group, string reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (reason.Length > LongestReason)
        {
            throw new ArgumentException(
                $"The reason has {reason.Length} characters; say it in at most {LongestReason}.",
                nameof(reason)
            );
        }

        var keys = stream.Keys;
        var reply = await redis
            .RunAsync(StreamScripts.Pause, [keys.Stream, keys.Groups, keys.Paused], [group, reason], cancellationToken)
            .ConfigureAwait(false);
        if (RedisReply.IsNull(reply))
        {
            throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false);
        }

        var pause = new GroupPause(reason, DateTimeOffset.FromUnixTimeMilliseconds(RedisReply.Integer(reply)));
        logger.Paused(stream.Name, group, pause.Since, reason);
        return pause;
    }

    public async Task<bool> ResumeAsync(string group, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        var wasPaused = await redis
            .SendAsync(database => database.HashDeleteAsync(stream.Keys.Paused, group), cancellationToken)
            .ConfigureAwait(false);
        if (wasPaused)
        {
            logger.GroupResumed(stream.Name, group);
        }
        else if (!await unknown.IsKnownAsync(group, cancellationToken).ConfigureAwait(false))
        {
            throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false);
        }

        return wasPaused;
    }
}
