using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>
/// Keeps Redis right for the whole service, for each of its caches: what its consumer group hears becomes tombstones
/// and epochs there, even while every instance is down. <see cref="StreamHybridCacheExtensions.AddHybridCache"/>
/// attaches it to the service's group. Idempotent: positions only move forward.
/// </summary>
/// <param name="caches">The service's caches.</param>
public sealed class CacheInvalidationHandler(StreamHybridCaches caches)
    : IStreamMessageHandler,
        IStreamParkedHandler,
        IStreamDeadLetterHandler
{
    /// <inheritdoc/>
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return InEachAsync(cache => cache.Group.ApplyAsync(delivery, cancellationToken));
    }

    /// <summary>
    /// A message that the group parks makes something stale now, though it is handled later: the group counts as
    /// settled past it. Of one whose type is not known,
    /// <see cref="StreamHybridCacheBuilder.InvalidateOnUnknown"/> says what; without that, everything.
    /// </summary>
    /// <inheritdoc/>
    public Task HandleAsync(StreamParkedMessage parked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parked);
        return InEachAsync(cache =>
            parked.Delivery is { } delivery
                ? cache.Group.ApplyAsync(delivery, cancellationToken)
                : cache.Group.ApplyUnknownAsync(parked.Position, parked.Message, cancellationToken)
        );
    }

    /// <summary>
    /// A message that the group gives up made something stale all the same. If it is not known what, everything is
    /// dropped: the group counts as settled past it, and instances that start later would trust what is in Redis.
    /// </summary>
    /// <inheritdoc/>
    public Task HandleAsync(StreamDeadLetter deadLetter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return InEachAsync(cache =>
            deadLetter switch
            {
                { Delivery: { } delivery } => cache.Group.ApplyAsync(delivery, cancellationToken),
                { Message: { } message } => cache.Group.ApplyUnknownAsync(
                    deadLetter.Position,
                    message,
                    cancellationToken
                ),
                _ => cache.Group.DropEverythingAsync(deadLetter.Position, cancellationToken),
            }
        );
    }

    private Task InEachAsync(Func<StreamHybridCache, Task> apply) => Task.WhenAll(caches.All.Select(apply));
}
