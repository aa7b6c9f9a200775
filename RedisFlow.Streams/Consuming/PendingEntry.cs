using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Consuming;

/// <summary>An entry that this consumer owns, and how often Redis has delivered it.</summary>
internal readonly record struct PendingEntry(RawEntry Entry, long DeliveryCount);
