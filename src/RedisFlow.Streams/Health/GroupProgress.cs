namespace RedisFlow.Streams.Health;

/// <summary>
/// Decides which groups stand still: messages wait for them, and between two looks they were given none and
/// acknowledged none. Only what was seen counts: the time begins with the first look that finds a group where it is, so
/// it begins again when the observer restarts. May be used by several threads.
/// </summary>
internal sealed class GroupProgress(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Dictionary<string, Mark> _marks = new(StringComparer.Ordinal);

    /// <summary>Takes in the stream's newest state.</summary>
    /// <returns>The groups that messages wait for, and since when each has stood where it is.</returns>
    public IReadOnlyList<StandingGroup> Observe(StreamSnapshot stream)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();

            // A group that caught up, or is gone, is forgotten.
            _marks = stream
                .Groups.Where(group => IsBehind(group, stream))
                .ToDictionary(
                    group => group.Name,
                    group =>
                        _marks.TryGetValue(group.Name, out var known) && known.Place == Place.Of(group)
                            ? known
                            : new Mark(Place.Of(group), now),
                    StringComparer.Ordinal
                );
            return
            [
                .. stream
                    .Groups.Where(group => _marks.ContainsKey(group.Name))
                    .Select(group => new StandingGroup(
                        group.Name,
                        Waiting(group, stream),
                        time.GetElapsedTime(_marks[group.Name].Since, now),
                        group.Paused
                    )),
            ];
        }
    }

    /// <summary>
    /// Where the lag is unknown, a group that was not given the last entry is behind. So is a declared one that does
    /// not exist: it receives everything.
    /// </summary>
    private static bool IsBehind(GroupSnapshot group, StreamSnapshot stream) =>
        Waiting(group, stream) is { } waiting ? waiting > 0 : group.LastDelivered < stream.LastPosition;

    private static long? Waiting(GroupSnapshot group, StreamSnapshot stream) =>
        group.Exists ? group.Lag : stream.Length;

    /// <summary>What changes when a group receives messages or acknowledges them, in whatever order.</summary>
    private readonly record struct Place(MessagePosition LastDelivered, MessagePosition Settled, long Pending)
    {
        public static Place Of(GroupSnapshot group) => new(group.LastDelivered, group.Settled, group.Pending);
    }

    private sealed record Mark(Place Place, long Since);
}
