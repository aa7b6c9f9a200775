using System.Globalization;
using Google.Protobuf;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Caching;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>
/// Follows the tail right behind the cache: notes when a key was evicted, and whether it is really gone.
/// </summary>
/// <param name="cache">The cache, which cannot be resolved before the tail.</param>
/// <param name="recorder">Takes the times, by the number that a key ends with.</param>
internal sealed class EvictionWatch(Func<StreamHybridCache> cache, LatencyRecorder recorder) : IStreamTailObserver
{
    private int _stillThere;

    /// <summary>How often an entry was still served after the cache had seen its invalidation.</summary>
    public int StillThere => Volatile.Read(ref _stillThere);

    public void OnMessage(MessagePosition position, StreamMessage message, IMessage payload)
    {
        if (payload is not CacheInvalidation { Keys: [var key] })
        {
            return;
        }

        recorder.Handled(long.Parse(key.AsSpan(key.LastIndexOf(':') + 1), CultureInfo.InvariantCulture));
        if (CacheEntries.IsInMemory(cache(), key))
        {
            Interlocked.Increment(ref _stillThere);
        }
    }

    public void OnStarted(MessagePosition position, TailStartReason reason) { }

    public void OnUndecodable(MessagePosition position) { }

    public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age) { }
}
