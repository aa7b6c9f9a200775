using System.Collections.Concurrent;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Invalidating;

/// <summary>
/// The last position of every prefix, tag and clear-all invalidation. Positions only move forward. Reads take no lock;
/// one writer at a time. Bounded: when there are too many, the older half is merged into "everything", which drops too
/// much and never too little.
/// </summary>
internal sealed class EpochTable
{
    private readonly int _limit;
    private readonly ConcurrentDictionary<string, Epoch> _prefixes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Epoch> _tags = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Epoch>.AlternateLookup<ReadOnlySpan<char>> _prefixLookup;
    private volatile Epoch _everything = new(MessagePosition.Beginning);
    private int _count;

    public EpochTable(int limit)
    {
        _limit = limit;
        _prefixLookup = _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Forgets everything. A reader at the same time may still see it, or miss it: who clears must see to readers
    /// otherwise.
    /// </summary>
    public void Clear()
    {
        _prefixes.Clear();
        _tags.Clear();
        _everything = new Epoch(MessagePosition.Beginning);
        Volatile.Write(ref _count, 0);
    }

    /// <returns>Whether it was not there already, at this position or a later one; so of the others.</returns>
    public bool MovePrefix(string prefix, MessagePosition position) => Move(_prefixes, prefix, position);

    /// <inheritdoc cref="MovePrefix"/>
    public bool MoveTag(string tag, MessagePosition position) => Move(_tags, tag, position);

    /// <inheritdoc cref="MovePrefix"/>
    public bool MoveEverything(MessagePosition position)
    {
        if (position <= _everything.Position)
        {
            return false;
        }

        _everything = new Epoch(position);
        return true;
    }

    /// <summary>Whether an entry with the key and the tags was dropped after <paramref name="asOf"/>.</summary>
    public bool IsLater(ReadOnlySpan<char> key, string[] tags, MessagePosition asOf)
    {
        if (_everything.Position > asOf || (Count > 0 && (IsTagLater(tags, asOf) || IsPrefixLater(key, asOf))))
        {
            return true;
        }

        // Again: a prefix or tag that was not found may just have been merged into everything, which is moved before
        // they are removed.
        return _everything.Position > asOf;
    }

    private bool IsTagLater(string[] tags, MessagePosition asOf)
    {
        foreach (var tag in tags)
        {
            if (_tags.TryGetValue(tag, out var epoch) && epoch.Position > asOf)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsPrefixLater(ReadOnlySpan<char> key, MessagePosition asOf)
    {
        if (_prefixes.IsEmpty)
        {
            return false;
        }

        for (var end = 1; end <= key.Length; end++)
        {
            if (
                (end == key.Length || key[end] == ':')
                && _prefixLookup.TryGetValue(key[..end], out var epoch)
                && epoch.Position > asOf
            )
            {
                return true;
            }
        }

        return false;
    }

    private bool Move(ConcurrentDictionary<string, Epoch> epochs, string name, MessagePosition position)
    {
        if (epochs.TryGetValue(name, out var epoch))
        {
            if (position <= epoch.Position)
            {
                return false;
            }

            epochs[name] = new Epoch(position);
            return true;
        }

        epochs[name] = new Epoch(position);
        Volatile.Write(ref _count, _count + 1);
        if (_count > _limit)
        {
            MergeOlderHalf();
        }

        return true;
    }

    private void MergeOlderHalf()
    {
        var all = _prefixes.Concat(_tags).Select(pair => pair.Value.Position).Order().ToArray();
        var cut = all[all.Length / 2];

        // First the merged epoch, then the removals: a reader who asks for everything last finds one or the other.
        MoveEverything(cut);
        foreach (var epochs in new[] { _prefixes, _tags })
        {
            foreach (var (name, epoch) in epochs)
            {
                if (epoch.Position <= cut)
                {
                    epochs.TryRemove(name, out _);
                }
            }
        }

        Volatile.Write(ref _count, _prefixes.Count + _tags.Count);
    }

    // A reference is replaced in one step; two numbers are not.
    private sealed record Epoch(MessagePosition Position);
}
