using System.Globalization;

namespace RedisFlow.Caching.L1;

// For tests: what is in memory, and whether what is kept twice, for speed, agrees.
internal sealed partial class L1Cache
{
    /// <summary>The keys of what is stored at this moment, valid or not, in no order.</summary>
    internal IReadOnlyCollection<string> StoredKeys() => [.. _entries.Keys];

    /// <summary>
    /// Compares dictionary, lists and counts, while no thread changes the cache.
    /// </summary>
    /// <returns>What does not agree; empty if all is well.</returns>
    internal IReadOnlyList<string> Audit()
    {
        var faults = new List<string>();
        var (listed, bytes) = (0L, 0L);
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                for (var i = 0; i < stripe.Entries.Count; i++)
                {
                    var entry = stripe.Entries[i];
                    listed++;
                    bytes += entry.Size;
                    Expect(entry.Slot == i, $"{entry.Key} is at slot {i} and believes to be at {entry.Slot}");
                    Expect(
                        ReferenceEquals(StripeOf(entry.Key), stripe),
                        $"{entry.Key} is in another stripe than its key's"
                    );
                    Expect(
                        _entries.TryGetValue(entry.Key, out var present) && ReferenceEquals(present, entry),
                        $"{entry.Key} is in its stripe's list, and the dictionary has another entry or none"
                    );
                }
            }
        }

        Expect(_entries.Count == listed, $"the dictionary has {_entries.Count} entries, the lists {listed}");
        Expect(Count == listed, $"{Count} entries are counted, {listed} are there");
        Expect(Bytes == bytes, $"{Bytes} bytes are counted, {bytes} are there");
        Expect(listed <= _entryLimit, $"{listed} entries are there, the limit is {_entryLimit}");
        Expect(bytes <= _byteLimit, $"{bytes} bytes are there, the limit is {_byteLimit}");
        return faults;

        void Expect(bool isSo, FormattableString otherwise)
        {
            if (!isSo)
            {
                faults.Add(otherwise.ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
