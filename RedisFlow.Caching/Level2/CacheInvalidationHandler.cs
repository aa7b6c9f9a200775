using Microsoft.Extensions.Options;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>
/// Keeps Redis right for the whole service: what its consumer group hears becomes tombstones and epochs there, even while every
/// instance is down. Attach it to the service's group: <c>.AddStreamConsumer(group).HandleAll&lt;CacheInvalidationHandler&gt;()</c>.
/// Idempotent: positions only move forward.
/// </summary>
/// <remarks>
/// Where <see cref="StreamOptions.UseStreamsForInvalidation"/> is <c>false</c>, it does nothing: a cache on Pub/Sub has no group. Each instance applies to Redis what it hears
/// itself, and what none of them hears stays.
/// </remarks>
/// <param name="cache">The service's cache.</param>
/// <param name="streams">The settings of the cache's stream; without them, it is on streams.</param>
public sealed class CacheInvalidationHandler(StreamHybridCache cache, IOptions<StreamOptions>? streams = null) : IStreamMessageHandler, IStreamDeadLetterHandler
{
    private readonly bool _isInCharge = streams?.Value.UseStreamsForInvalidation ?? true;

    /// <inheritdoc/>
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return _isInCharge ? cache.ApplyToLevel2Async(delivery, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>
    /// A message that the group gives up made something stale all the same. Where nobody can say what, everything is dropped: the group counts
    /// as settled past it, and instances that start later would trust what is in Redis.
    /// </summary>
    /// <inheritdoc/>
    public Task HandleAsync(StreamDeadLetter deadLetter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        if (!_isInCharge)
        {
            return Task.CompletedTask;
        }

        return deadLetter.Delivery is { } delivery
            ? cache.ApplyToLevel2Async(delivery, cancellationToken)
            : cache.DropLevel2Async(deadLetter.Position, cancellationToken);
    }
}
