using RedisFlow.Streams;

namespace RedisFlow.Caching.Invalidating;

/// <summary>
/// What was known when a load began: the evidence by which its result is judged when it wants to be stored.
/// </summary>
/// <param name="Generation">The log's generation, 0 before the tail's start; a result from another one is never stored,
/// since messages may have been missed between.</param>
/// <param name="AsOf">The position that this instance had applied: the version of what is loaded.</param>
/// <param name="Settled">How far the service's group had cleaned Redis up; <c>null</c> if that is not known.</param>
/// <param name="EpochsComplete">Whether the epochs from before the log's start were known.</param>
/// <param name="StartedAt">The time of the beginning, see <see cref="TimeProvider.GetTimestamp"/>.</param>
internal readonly record struct LoadTicket(
    int Generation,
    MessagePosition AsOf,
    MessagePosition? Settled,
    bool EpochsComplete,
    long StartedAt
)
{
    /// <summary>Whether the tail had started; before that nothing can be stored.</summary>
    public bool TailHadStarted => Generation > 0;

    /// <summary>An invalidation that does not count against the result: the one that announced it.</summary>
    public MessagePosition? Own { get; init; }
}
