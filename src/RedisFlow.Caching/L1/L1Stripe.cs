namespace RedisFlow.Caching.L1;

/// <summary>
/// The entries of a part of the keys, in the order in which eviction looks at them. Used under its own lock.
/// </summary>
internal sealed class L1Stripe
{
    // How many recently read entries an eviction spares before it goes on to the next stripe.
    private const int MaxSpared = 8;

    private readonly List<L1Entry> _entries = [];
    private int _hand;

    public IReadOnlyList<L1Entry> Entries => _entries;

    public void Add(L1Entry entry)
    {
        entry.Slot = _entries.Count;
        _entries.Add(entry);
    }

    /// <summary>Removes an entry in one step: the last one takes its slot.</summary>
    public void Remove(L1Entry entry)
    {
        var last = _entries[^1];
        _entries[entry.Slot] = last;
        last.Slot = entry.Slot;
        _entries.RemoveAt(_entries.Count - 1);
    }

    /// <summary>
    /// The first entry, from the hand on, that was not read since the hand last passed; <c>null</c> if there is no
    /// such entry.
    /// </summary>
    public L1Entry? NextVictim(long now, bool spare)
    {
        for (var seen = 0; seen < Math.Min(_entries.Count, MaxSpared); seen++)
        {
            _hand = (_hand + 1) % _entries.Count;
            var entry = _entries[_hand];
            if (!spare || !entry.Referenced || entry.ExpiresAt <= now)
            {
                return entry;
            }

            entry.Referenced = false;
        }

        return null;
    }
}
