using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Tailing;

/// <summary>
/// Finds out whether a tail has seen every entry. XREAD alone cannot tell: from a position that was trimmed, it
/// silently returns what comes later, and from a stream that was deleted it waits for ever. Redis counts the entries
/// ever added; the tail counts what it applies.
/// </summary>
internal sealed class GapDetector
{
    private long _addedBefore;
    private long _applied;
    private MessagePosition _position;
    private StreamState? _expected;

    /// <summary>Whether a state was given that the tail has not caught up to yet.</summary>
    public bool IsBehind => _expected is not null;

    /// <summary>Begins again at the stream's end.</summary>
    public void Begin(StreamState state)
    {
        _addedBefore = state.EntriesAdded;
        _applied = 0;
        _position = state.Last;
        _expected = null;
    }

    /// <summary>A read failed: what was to be compared is old now.</summary>
    public void Forget() => _expected = null;

    /// <summary>The tail has applied the next entry.</summary>
    /// <returns>What is wrong; <c>null</c> if nothing is known to be.</returns>
    public string? Applied(MessagePosition position)
    {
        _position = position;
        _applied++;
        return Check();
    }

    /// <summary>
    /// The stream's state was read. It is compared at once, or as soon as the tail has caught up to it.
    /// </summary>
    /// <returns>What is wrong; <c>null</c> if nothing is known to be.</returns>
    public string? Compare(StreamState state)
    {
        if (state.Last < _position)
        {
            return $"the stream's last id went back to {state.Last}";
        }

        _expected = state;
        return Check();
    }

    private string? Check()
    {
        if (_expected is not { } expected || _position < expected.Last)
        {
            return null;
        }

        _expected = null;
        if (_position > expected.Last)
        {
            return $"entry {expected.Last} was never seen";
        }

        var missed = expected.EntriesAdded - _addedBefore - _applied;
        return missed == 0 ? null : $"{expected.EntriesAdded - _addedBefore} entries were added, {_applied} were seen";
    }
}
