using RedisFlow.Caching.Scripts;
using StackExchange.Redis;

namespace RedisFlow.Caching.L2;

/// <summary>
/// Writes tombstones. In each slot, what comes while a script is under way is written by the next one: under load, one
/// round trip serves many messages; without load, none waits.
/// </summary>
internal sealed class TombstoneWriter(Func<IDatabase> connection, TimeSpan lifetime)
{
    /// <summary>Redis does nothing else while a script runs: 100 keys take it about a tenth of a millisecond.</summary>
    public const int KeysPerScript = 100;

    private readonly Lock _gate = new();

    // The slots in which a script is under way, with what waits for its end.
    private readonly Dictionary<int, Batch?> _busy = [];

    /// <summary>Writes a tombstone to keys; completes when Redis has confirmed.</summary>
    /// <param name="slot">The slot of all the keys.</param>
    /// <param name="keys">The keys in Redis, at most <see cref="KeysPerScript"/>.</param>
    /// <param name="tombstone">The encoded tombstone.</param>
    public Task WriteAsync(int slot, RedisKey[] keys, byte[] tombstone)
    {
        Batch? batch;
        lock (_gate)
        {
            if (_busy.TryGetValue(slot, out batch) && keys.Length < KeysPerScript)
            {
                if (batch is null || batch.Keys.Count + keys.Length > KeysPerScript)
                {
                    // What waited is full. It need not wait for the script before it: positions only move forward.
                    _ = batch?.SendAsync(connection, lifetime);
                    _busy[slot] = batch = new Batch();
                }

                batch.Add(keys, tombstone);
                return batch.Written;
            }

            batch = new Batch();
            batch.Add(keys, tombstone);
            if (!_busy.TryAdd(slot, null))
            {
                _ = batch.SendAsync(connection, lifetime);
                return batch.Written;
            }
        }

        _ = SendAllAsync(slot, batch);
        return batch.Written;
    }

    private async Task SendAllAsync(int slot, Batch first)
    {
        var batch = first;
        while (batch is not null)
        {
            await batch.SendAsync(connection, lifetime).ConfigureAwait(false);
            lock (_gate)
            {
                batch = _busy[slot];
                if (batch is null)
                {
                    _busy.Remove(slot);
                }
                else
                {
                    _busy[slot] = null;
                }
            }
        }
    }

    /// <summary>The tombstones of one script.</summary>
    private sealed class Batch
    {
        private readonly List<RedisValue> _tombstones = [];
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<RedisKey> Keys { get; } = [];

        public Task Written => _written.Task;

        public void Add(RedisKey[] keys, byte[] tombstone)
        {
            Keys.AddRange(keys);
            _tombstones.AddRange([keys.Length, tombstone]);
        }

        public async Task SendAsync(Func<IDatabase> connection, TimeSpan lifetime)
        {
            try
            {
                RedisValue[] arguments = [(long)lifetime.TotalMilliseconds, .. _tombstones];
                await CacheScripts.Invalidate.RunAsync(connection(), [.. Keys], arguments).ConfigureAwait(false);
                _written.SetResult();
            }
#pragma warning disable CA1031 // Thrown to those who wait. Those who no longer do need not observe it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _written.SetException(exception);
                _ = _written.Task.Exception;
            }
        }
    }
}
