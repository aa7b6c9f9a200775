namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>What became of the events of a save. The changes are committed in each case.</summary>
/// <param name="MessageIds">The events' message ids, in the order in which they were added.</param>
/// <param name="Position">
/// The position of the last one, once all are in the stream; <c>null</c> if the relay publishes them, or if there are
/// no events.
/// </param>
public sealed record OutboxReceipt(IReadOnlyList<string> MessageIds, MessagePosition? Position)
{
    /// <summary>Gets whether the events are committed and not published yet. The relay publishes them.</summary>
    public bool IsPending => Position is null && MessageIds.Count > 0;
}
