using RedisFlow.Streams.Scripts;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>How far a stream is, and how far a group has settled it, at one moment.</summary>
/// <param name="Last">The last id that Redis generated.</param>
/// <param name="EntriesAdded">Entries ever added.</param>
/// <param name="Settled">The position up to which the group was delivered and has acknowledged everything; <c>null</c>
/// without a group.</param>
internal readonly record struct StreamState(MessagePosition Last, long EntriesAdded, MessagePosition? Settled)
{
    public static async Task<StreamState> ReadAsync(
        SharedRedis redis,
        StreamKeys keys,
        string? group,
        CancellationToken cancellationToken
    ) =>
        Parse(
            await redis
                .RunAsync(StreamScripts.StreamState, [keys.Stream], [group ?? ""], cancellationToken)
                .ConfigureAwait(false)
        );

    internal static StreamState Parse(RedisResult reply)
    {
        var items = RedisReply.Items(reply);
        var delivered = RedisReply.OptionalPosition(items[2]);
        return new StreamState(
            RedisReply.Position(items[0]),
            RedisReply.Integer(items[1]),
            delivered is null ? null : SettledOf(delivered.Value, RedisReply.OptionalPosition(items[3]))
        );
    }

    /// <summary>
    /// Everything up to and including the result was delivered and acknowledged: just before the first pending entry,
    /// or the last delivered one when nothing before it is pending. (In a group that was set back, what is pending can
    /// be beyond what was delivered.)
    /// </summary>
    internal static MessagePosition SettledOf(MessagePosition lastDelivered, MessagePosition? firstPending) =>
        firstPending is { } pending && pending <= lastDelivered ? Before(pending) : lastDelivered;

    /// <summary>The position just before another one; <c>0-0</c> has none and stays.</summary>
    internal static MessagePosition Before(MessagePosition position) =>
        position switch
        {
            { Sequence: > 0 } => position with { Sequence = position.Sequence - 1 },
            { Milliseconds: > 0 } => new MessagePosition(position.Milliseconds - 1, ulong.MaxValue),
            _ => MessagePosition.Beginning,
        };
}
