using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>An entry as Redis returned it. A read by CLAIM tells more than the client's StreamEntry.</summary>
/// <param name="Position">The entry's id.</param>
/// <param name="Data">The field <c>data</c>; <c>null</c> if the entry has no such field or no fields any more.</param>
/// <param name="IsLost">The entry was delivered once, but its data was removed since.</param>
/// <param name="Deliveries">How often Redis has delivered it to the group that reads it, this time included; 1 where
/// the reply does not say so.</param>
internal readonly record struct RawEntry(MessagePosition Position, byte[]? Data, bool IsLost, long Deliveries = 1)
{
    /// <summary>The field of an entry that holds the envelope.</summary>
    public const string DataField = "data";

    /// <summary>The message's place in the stream, which a parked entry keeps beside its own.</summary>
    public MessagePosition Origin { get; init; } = Position;

    /// <summary>An entry as the client's typed commands return it.</summary>
    public static RawEntry From(StreamEntry entry) =>
        new(RedisReply.Position(entry.Id), (byte[]?)entry[DataField], IsLost: false);

    /// <summary>
    /// An entry of a pending list: one of a script's <c>{id, delivery count, fields}</c>; fields is nil if the data is
    /// gone.
    /// </summary>
    public static RawEntry FromPending(RedisResult item)
    {
        var parts = RedisReply.Items(item);
        return new RawEntry(
            RedisReply.Position(parts[0]),
            RedisReply.Data(parts[2]),
            IsLost: RedisReply.IsNull(parts[2]),
            RedisReply.Integer(parts[1])
        );
    }
}
