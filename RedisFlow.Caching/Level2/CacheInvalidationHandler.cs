using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>
/// Keeps Redis right for the whole service, for each of its caches: what its consumer group hears becomes tombstones and epochs there, even while every
/// instance is down. Attach it to the service's group: <c>.AddStreamConsumer(group).HandleAll&lt;CacheInvalidationHandler&gt;()</c>.
/// Idempotent: positions only move forward.
/// </summary>
public sealed class CacheInvalidationHandler(StreamHybridCaches caches) : IStreamMessageHandler, IStreamDeadLetterHandler
{
    /// <inheritdoc/>
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return Task.WhenAll(caches.All.Select(cache => cache.ApplyToLevel2Async(delivery, cancellationToken)));
    }

    /// <summary>
    /// A message that the group gives up made something stale all the same. Where nobody can say what, everything is dropped: the group counts
    /// as settled past it, and instances that start later would trust what is in Redis.
    /// </summary>
    /// <inheritdoc/>
    public Task HandleAsync(StreamDeadLetter deadLetter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Task.WhenAll(caches.All.Select(cache => deadLetter.Delivery is { } delivery
            ? cache.ApplyToLevel2Async(delivery, cancellationToken)
            : cache.DropLevel2Async(deadLetter.Position, cancellationToken)));
    }
}
