namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>
/// The acknowledged versions of one key, in the order of its one writer. What was attempted and never acknowledged is
/// not in it: such a version may be read or not, both are right. Thread-safe.
/// </summary>
internal sealed class KeyHistory
{
    private readonly Lock _gate = new();
    private readonly List<Acknowledged> _versions = [];
    private volatile Acknowledged? _newest;

    /// <summary>The newest acknowledged version; <c>null</c> if there is no such version yet.</summary>
    public Acknowledged? Newest => _newest;

    /// <summary>Adds a version.</summary>
    /// <exception cref="ArgumentException">It is not newer than the last one.</exception>
    public void Acknowledge(Acknowledged version)
    {
        lock (_gate)
        {
            if (version.Version <= _newest?.Version)
            {
                throw new ArgumentException(
                    $"Version {version.Version} comes after {_newest.Version}.",
                    nameof(version)
                );
            }

            _versions.Add(version);
            _newest = version;
        }
    }

    /// <summary>
    /// The first acknowledged version that is newer than the given one; <c>null</c> if there is no such version.
    /// </summary>
    public Acknowledged? FirstNewerThan(long version)
    {
        lock (_gate)
        {
            var low = 0;
            var high = _versions.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_versions[middle].Version > version)
                {
                    high = middle;
                }
                else
                {
                    low = middle + 1;
                }
            }

            return low < _versions.Count ? _versions[low] : null;
        }
    }
}
