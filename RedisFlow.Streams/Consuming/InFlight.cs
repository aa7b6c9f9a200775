using System.Collections.Concurrent;

namespace RedisFlow.Streams.Consuming;

/// <summary>
/// The entries that this worker has accepted and not yet settled. They are in the pending list too, so every way of reading that list
/// (replay, takeover, a healed group) must leave them out, or they would run twice.
/// </summary>
internal sealed class InFlight
{
    private readonly ConcurrentDictionary<StreamPosition, byte> _positions = new();

    /// <summary>How many there are.</summary>
    public int Count => _positions.Count;

    /// <summary>Accepts an entry; <c>false</c> if it is here already.</summary>
    public bool TryAdd(StreamPosition position) => _positions.TryAdd(position, 0);

    /// <summary>Whether the entry is here.</summary>
    public bool Contains(StreamPosition position) => _positions.ContainsKey(position);

    /// <summary>The entry is settled, or belongs to somebody else now.</summary>
    public void Remove(StreamPosition position) => _positions.TryRemove(position, out _);
}
