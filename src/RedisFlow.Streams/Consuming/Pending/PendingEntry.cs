using RedisFlow.Streams.Redis;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Pending;

/// <summary>An entry that this consumer owns, and how often Redis has delivered it.</summary>
internal readonly record struct PendingEntry(RawEntry Entry, long DeliveryCount)
{
    /// <summary>One of a script's <c>{id, delivery count, fields}</c>; fields is nil if the data is gone.</summary>
    public static PendingEntry From(RedisResult item)
    {
        var parts = RedisReply.Items(item);
        var entry = new RawEntry(
            RedisReply.Position(parts[0]),
            RedisReply.Data(parts[2]),
            IsLost: RedisReply.IsNull(parts[2])
        );
        return new PendingEntry(entry, RedisReply.Integer(parts[1]));
    }
}
