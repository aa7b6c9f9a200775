using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Administration;

/// <summary>Removes consumers, and takes from them what they left.</summary>
internal sealed class ConsumerMaintenance(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] UnknownGroups unknown,
    ILogger<StreamAdministration> logger
)
{
    private const int PageSize = 500;
    private const int WasRemoved = -1;
    private const int Absent = -2;

    /// <summary>The longest lease that can be set: an entry idle for that long is anyone's.</summary>
    private static readonly TimeSpan BeyondEveryLease = TimeSpan.FromDays(1);

    public async Task<bool> RemoveAsync(string group, string consumer, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        ArgumentException.ThrowIfNullOrWhiteSpace(consumer);
        var reply = await redis
            .RunAsync(
                StreamScripts.RemoveConsumer,
                [stream.Keys.Stream],
                [group, consumer, stream.Keys.ConsumerPrefix],
                cancellationToken
            )
            .ConfigureAwait(false);
        switch (
            RedisReply.IsNull(reply)
                ? throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false)
                : RedisReply.Integer(reply)
        )
        {
            case WasRemoved:
                logger.ConsumerRemoved(stream.Name, group, consumer);
                return true;
            case Absent:
                return false;
            case var pending:
                throw new InvalidOperationException(
                    $"Consumer '{consumer}' of group '{group}' has {pending} pending entries, which would be lost "
                        + "with it. Workers take them over when its lease is over; "
                        + $"{nameof(IStreamAdministration.ClaimStaleAsync)} makes them available at once."
                );
        }
    }

    /// <summary>Removes consumers of all groups that hold nothing and gave no sign of life for so long.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RemoveIdleAsync(TimeSpan idle, CancellationToken cancellationToken)
    {
        var removed = RedisReply.Items(
            await redis
                .RunAsync(
                    StreamScripts.RemoveIdleConsumers,
                    [stream.Keys.Stream],
                    [(long)idle.TotalMilliseconds, stream.Keys.ConsumerPrefix],
                    cancellationToken
                )
                .ConfigureAwait(false)
        );
        for (var i = 0; i < removed.Length; i += 2)
        {
            logger.ConsumerRemoved(stream.Name, RedisReply.Text(removed[i]), RedisReply.Text(removed[i + 1]));
        }

        return removed.Length / 2;
    }

    public async Task<ClaimResult> ReleaseStaleAsync(
        string group,
        TimeSpan minIdle,
        CancellationToken cancellationToken
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        ArgumentOutOfRangeException.ThrowIfLessThan(minIdle, TimeSpan.Zero);
        var released = 0L;
        var start = "-";
        while (true)
        {
            RedisValue[] arguments =
            [
                group,
                (long)minIdle.TotalMilliseconds,
                (long)BeyondEveryLease.TotalMilliseconds,
                start,
                PageSize,
                stream.Keys.ConsumerPrefix,
            ];
            var reply = await redis
                .RunAsync(StreamScripts.ReleaseStale, [stream.Keys.Stream], arguments, cancellationToken)
                .ConfigureAwait(false);
            var page = RedisReply.IsNull(reply)
                ? throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false)
                : RedisReply.Items(reply);
            released += RedisReply.Integer(page[0]);
            if (RedisReply.OptionalPosition(page[1]) is not { } last)
            {
                logger.StaleReleased(stream.Name, group, minIdle, released);
                return new ClaimResult(stream.Name, group, minIdle, released);
            }

            start = $"({last}";
        }
    }
}
