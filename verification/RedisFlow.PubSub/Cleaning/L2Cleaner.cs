using Google.Protobuf;
using RedisFlow.Caching;
using RedisFlow.Caching.Components;
using RedisFlow.Streams;

namespace RedisFlow.PubSub.Cleaning;

/// <summary>
/// Applies to Redis what this instance hears, and what its caches invalidate themselves: no group does it. Not tried
/// again: what fails stays in Redis until it expires.
/// </summary>
internal sealed class L2Cleaner(IReadOnlyList<CacheComponents> caches) : IStreamTailObserver
{
    /// <inheritdoc/>
    public void OnStarted(MessagePosition position, TailStartReason reason)
    {
        // After a gap each cache itself drops everything from before it.
    }

    /// <inheritdoc/>
    public void OnMessage(MessagePosition position, StreamMessage message, IMessage payload) =>
        _ = ApplyAsync(cache => cache.Resolver.Resolve(message, payload), position);

    /// <inheritdoc/>
    public void OnUnknown(MessagePosition position, StreamMessage message) =>
        _ = ApplyAsync(cache => cache.Resolver.ResolveUnknown(message), position);

    /// <inheritdoc/>
    public void OnUndecodable(MessagePosition position) => _ = ApplyAsync(_ => [Invalidation.Everything], position);

    /// <inheritdoc/>
    public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age)
    {
        // Nothing waits for a group.
    }

    /// <summary>Applies a cache's own invalidation; other messages are left to the tail.</summary>
    public Task CleanAsync(Publication publication, MessagePosition position) =>
        publication.Payload is CacheInvalidation invalidation
            ? ApplyAsync(cache => cache.Resolver.Resolve(Envelope(publication), invalidation), position)
            : Task.CompletedTask;

    private static StreamMessage Envelope(Publication publication)
    {
        var message = new StreamMessage();
        message.Headers.Add(publication.Headers.ToDictionary());
        return message;
    }

    private Task ApplyAsync(
        Func<CacheComponents, IReadOnlyList<CacheInvalidation>> resolve,
        MessagePosition position
    ) =>
        Task.WhenAll(
            caches.SelectMany(cache => resolve(cache).Select(invalidation => TryAsync(cache, invalidation, position)))
        );

    private static async Task TryAsync(CacheComponents cache, CacheInvalidation invalidation, MessagePosition position)
    {
        try
        {
            await cache
                .L2.InvalidateAsync(invalidation, position, CancellationToken.None)
                .WaitAsync(cache.Options.RedisTimeout, cache.Time);
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            cache.Metrics.L2Errors.Add();
        }
    }
}
