using Google.Protobuf;
using Microsoft.Extensions.Logging;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Following;

/// <summary>Applies what this instance's tail hears to its memory. Redis is left to the group.</summary>
internal sealed class TailInvalidator(
    InvalidationLog log,
    L1Cache l1,
    L2Cache l2,
    InvalidationResolver resolver,
    CacheMetrics metrics,
    ILogger logger
) : IStreamTailObserver, IDisposable
{
    private static readonly CacheInvalidation Everything = Invalidation.Everything;

    private readonly CancellationTokenSource _stop = new();
    private int _loadingEpochs;

    public void OnStarted(MessagePosition position, TailStartReason reason)
    {
        var trustedFrom = log.Restart(position, afterGap: reason == TailStartReason.Gap);
        l1.Clear();
        if (reason == TailStartReason.Gap)
        {
            // The group may have missed the same messages, and what it did not hear is still in Redis. This instance
            // knows where to trust entries from; those that start later must learn it from Redis.
            _ = DropBeforeAsync(trustedFrom);
            metrics.Flushes.Add();
            CacheLog.Flushed(logger, position);
        }
    }

    public void OnMessage(MessagePosition position, StreamMessage message, IMessage payload) =>
        Apply(position, resolver.Resolve(message, payload));

    public void OnUnknown(MessagePosition position, StreamMessage message)
    {
        CacheLog.Unknown(logger, position, message.Payload?.TypeUrl ?? "");
        Apply(position, resolver.ResolveUnknown(message));
    }

    private void Apply(MessagePosition position, IReadOnlyList<CacheInvalidation> invalidations)
    {
        foreach (var invalidation in invalidations)
        {
            l1.Apply(invalidation, position);
            metrics.Invalidations.Add();
            metrics.InvalidationRate.Add();
        }

        log.Advance(position);
    }

    public void OnUndecodable(MessagePosition position)
    {
        // It made something stale, and it is not known what.
        l1.Apply(Everything, position);
        log.Advance(position);
        metrics.Flushes.Add();
        CacheLog.Undecodable(logger, position);
    }

    public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age)
    {
        if (log.Heartbeat(groupSettled, age) is { } generation && Interlocked.Exchange(ref _loadingEpochs, 1) == 0)
        {
            _ = LoadEpochsAsync(generation);
        }
    }

    // No timer and no wait handle hang on the source, so it need not be disposed of; and a container may call this
    // twice.
    public void Dispose() => _stop.Cancel();

    // Not awaited by the tail.
    private async Task DropBeforeAsync(MessagePosition position)
    {
        try
        {
            await l2.DropBeforeAsync(position, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The application ends; the other instances find the same gap.
        }
    }

    // Not awaited by the tail. What fails is asked for again at the next heartbeat; until then old entries in Redis are
    // not trusted.
    private async Task LoadEpochsAsync(int generation)
    {
        try
        {
            if (await l2.ReadEpochsAsync().ConfigureAwait(false) is { } epochs)
            {
                log.AddPersistedEpochs(generation, epochs);
            }
        }
        finally
        {
            Volatile.Write(ref _loadingEpochs, 0);
        }
    }
}
