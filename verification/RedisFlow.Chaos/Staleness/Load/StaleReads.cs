using System.Collections.Concurrent;
using RedisFlow.Chaos.Staleness.Judging;

namespace RedisFlow.Chaos.Staleness.Load;

/// <summary>
/// The first stale replies of a run, to see what they were, and in which services one came that must never come: after
/// the node had applied the position, or older than any read may be. Thread-safe.
/// </summary>
/// <param name="bound">How stale a read without a position may be.</param>
internal sealed class StaleReads(TimeSpan bound)
{
    private const int Kept = 20;

    private readonly Lock _gate = new();
    private readonly List<StaleRead> _withPosition = [];
    private readonly List<StaleRead> _without = [];
    private readonly ConcurrentDictionary<string, bool> _services = new();

    /// <summary>The first ones of readers that sent a position, and the first ones of the others.</summary>
    public IReadOnlyList<StaleRead> First
    {
        get
        {
            lock (_gate)
            {
                return [.. _withPosition, .. _without];
            }
        }
    }

    /// <summary>Whether a node of the service broke the promise of a position, or that of the bound.</summary>
    public bool HasBroken(string service) => _services.ContainsKey(service);

    /// <summary>Adds one.</summary>
    public void Add(StaleRead read)
    {
        if (read.WithPosition || read.Age > bound)
        {
            _services[read.Service] = true;
        }

        lock (_gate)
        {
            var kept = read.WithPosition ? _withPosition : _without;
            if (kept.Count < Kept)
            {
                kept.Add(read);
            }
        }
    }
}

/// <summary>A stale reply.</summary>
/// <param name="Service">The service.</param>
/// <param name="Node">The node's process.</param>
/// <param name="WithPosition">Whether the read had a position.</param>
/// <param name="Key">The key's number.</param>
/// <param name="Outcome">Where the node had it from.</param>
/// <param name="Version">What it brought.</param>
/// <param name="Newest">The newest version that was acknowledged before it was sent.</param>
/// <param name="Position">That one's position.</param>
/// <param name="Age">How stale it was.</param>
internal sealed record StaleRead(
    string Service,
    string Node,
    bool WithPosition,
    int Key,
    ReadOutcome Outcome,
    long Version,
    long Newest,
    string Position,
    TimeSpan Age
);
