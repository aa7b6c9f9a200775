using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L2;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Following;

/// <summary>
/// Applies what the service's group handles to one cache's entries in Redis. What fails is thrown, so that the message
/// stays pending.
/// </summary>
internal sealed class GroupInvalidator(L2Cache l2, InvalidationResolver resolver)
{
    public Task ApplyAsync(StreamDelivery delivery, CancellationToken cancellationToken) =>
        ApplyAsync(delivery.Position, resolver.Resolve(delivery.Message, delivery.Payload), cancellationToken);

    /// <summary>The same for a message whose type or schema this build does not know.</summary>
    public Task ApplyUnknownAsync(
        MessagePosition position,
        StreamMessage message,
        CancellationToken cancellationToken
    ) => ApplyAsync(position, resolver.ResolveUnknown(message), cancellationToken);

    /// <summary>The same for a message that cannot be read: it is not known what it made stale.</summary>
    public Task DropEverythingAsync(MessagePosition position, CancellationToken cancellationToken) =>
        l2.InvalidateAsync(Invalidation.Everything, position, cancellationToken);

    private async Task ApplyAsync(
        MessagePosition position,
        IReadOnlyList<CacheInvalidation> invalidations,
        CancellationToken cancellationToken
    )
    {
        foreach (var invalidation in invalidations)
        {
            await l2.InvalidateAsync(invalidation, position, cancellationToken).ConfigureAwait(false);
        }
    }
}
