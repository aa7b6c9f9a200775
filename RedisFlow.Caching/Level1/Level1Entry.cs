using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>An entry in memory.</summary>
internal abstract class Level1Entry(string key, string[] tags, StreamPosition asOf, long expiresAt, long size)
{
    // The object, its slot in the dictionary and in the stripe's list: an estimate.
    private const int Overhead = 160;

    public string Key { get; } = key;

    public string[] Tags { get; } = tags;

    public StreamPosition AsOf { get; } = asOf;

    /// <summary>In the units of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long ExpiresAt { get; } = expiresAt;

    /// <summary>Bytes, by estimate.</summary>
    public long Size { get; } = size + (2L * key.Length) + Overhead;

    /// <summary>The bulk invalidations up to which the entry is known to be valid. Set before the entry is visible.</summary>
    public BulkMark CheckedAgainst { get; set; } = null!;

    /// <summary>Whether the entry was read since the eviction last passed by.</summary>
    public bool Referenced { get; set; }

    /// <summary>The entry's place in its stripe's list.</summary>
    public int Slot { get; set; }
}

/// <summary>A value that nobody can change: all callers share it.</summary>
internal sealed class SharedEntry<T>(T value, string key, string[] tags, StreamPosition asOf, long expiresAt, long size)
    : Level1Entry(key, tags, asOf, expiresAt, size)
{
    public T Value { get; } = value;
}

/// <summary>A value that callers may change: each gets one of its own, made from the serialized form.</summary>
internal sealed class SerializedEntry<T>(ReadOnlyMemory<byte> payload, string key, string[] tags, StreamPosition asOf, long expiresAt)
    : Level1Entry(key, tags, asOf, expiresAt, payload.Length)
{
    public ReadOnlyMemory<byte> Payload { get; } = payload;
}
