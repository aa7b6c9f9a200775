namespace RedisFlow.Caching.Serialization;

/// <summary>A value, and its serialized form.</summary>
/// <param name="Value">The value as it is read from its serialized form; the loaded one if it has none.</param>
/// <param name="Payload">The serialized form; <c>null</c> for nothing, and for what cannot be written and read back,
/// which is not cached.</param>
internal readonly record struct Encoded<T>(T Value, ReadOnlyMemory<byte>? Payload);
