using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Publishing;

/// <summary>The messages of a stream that wait until they are due, in Redis.</summary>
internal sealed class DelayedMessages(
    IRedisSender redis,
    [FromKeyedServices] IdempotentPublisher once,
    [FromKeyedServices] StreamContext stream
)
{
    /// <summary>How many are published in one step: the server does nothing else meanwhile.</summary>
    public const int BatchCount = 100;

    private readonly StreamKeys _keys = stream.Keys;

    /// <summary>Keeps a message until it is due.</summary>
    /// <returns>The message's position if it was due already, or was published before; else <c>null</c>.</returns>
    public async Task<MessagePosition?> ScheduleAsync(
        string id,
        byte[] data,
        DateTimeOffset due,
        CancellationToken cancellationToken
    ) =>
        RedisReply.OptionalPosition(
            await redis
                .RunAsync(
                    StreamScripts.Schedule,
                    [_keys.Stream, _keys.PublishedMark, _keys.Published(id), _keys.Delayed, _keys.DelayedMessages],
                    [id, due.ToUnixTimeMilliseconds(), once.Window, data],
                    cancellationToken
                )
                .ConfigureAwait(false)
        );

    /// <summary>Removes a message that waits.</summary>
    /// <returns>Whether it waited.</returns>
    public async Task<bool> CancelAsync(string id, CancellationToken cancellationToken) =>
        RedisReply.Integer(
            await redis
                .RunAsync(StreamScripts.CancelDelayed, [_keys.Delayed, _keys.DelayedMessages], [id], cancellationToken)
                .ConfigureAwait(false)
        ) == 1;

    /// <summary>Publishes what is due, at most <see cref="BatchCount"/> messages.</summary>
    public async Task<MovedMessages> MoveDueAsync(CancellationToken cancellationToken)
    {
        var reply = RedisReply.Items(
            await redis
                .RunAsync(
                    StreamScripts.MoveDue,
                    [_keys.Stream, _keys.PublishedMark, _keys.Delayed, _keys.DelayedMessages],
                    [BatchCount, once.Window, _keys.Published("")],
                    cancellationToken
                )
                .ConfigureAwait(false)
        );
        return new MovedMessages(
            (int)RedisReply.Integer(reply[0]),
            RedisReply.IsNull(reply[1]) ? null : TimeSpan.FromMilliseconds(RedisReply.Integer(reply[1])),
            [.. RedisReply.Items(reply[2]).Select(RedisReply.Text)]
        );
    }
}

/// <summary>What one step of publishing delayed messages did.</summary>
/// <param name="Count">How many were published.</param>
/// <param name="NextIn">In how long the next one is due; 0 if it is now, <c>null</c> if none waits.</param>
/// <param name="Lost">The ids of those whose data had been removed.</param>
internal readonly record struct MovedMessages(int Count, TimeSpan? NextIn, IReadOnlyList<string> Lost);
