namespace RedisFlow.Streams.Redis;

/// <summary>An entry as Redis returned it. (Current versions of the client library have a StreamEntry of their own.)</summary>
/// <param name="Position">The entry's id.</param>
/// <param name="Data">The field <c>data</c>; <c>null</c> if the entry has no such field or no fields any more.</param>
/// <param name="IsLost">The entry was delivered once, but its data was removed since.</param>
/// <param name="PreviousDeliveries">How often it had been delivered before, where the reply says so (XREADGROUP CLAIM); else 0.</param>
internal readonly record struct RawEntry(MessagePosition Position, byte[]? Data, bool IsLost, long PreviousDeliveries = 0);
