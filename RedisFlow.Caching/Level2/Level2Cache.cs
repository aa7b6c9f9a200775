using System.Globalization;
using Microsoft.Extensions.Logging;
using RedisFlow.Domain.Messages;
using StackExchange.Redis;
using StreamPosition = RedisFlow.Streams.StreamPosition;

namespace RedisFlow.Caching;

/// <summary>
/// The service's entries in Redis. What a read needs is bounded in time and never fails: without Redis there is no entry, and after a
/// timeout reads and fills pass Redis by for twice the limit. What the consumer group needs throws, so that its message stays pending.
/// </summary>
internal sealed class Level2Cache(
    IConnectionMultiplexer connection,
    CachingOptions options,
    TimeProvider time,
    CacheMetrics metrics,
    ILogger<StreamHybridCache> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private const string EverythingField = "*";
    private const string PrefixField = "p:";
    private const string TagField = "t:";

    private readonly LogThrottle _failures = new(time);
    private readonly LogThrottle _unreadable = new(time);
    private readonly TimeoutPause _pause = new(2 * options.RedisTimeout, time);
    private readonly Level2Keys _keys = new(options.Service, options.Version);

    /// <summary>
    /// Twice the longest load that is stored, and a minute: a tombstone must outlive every write that could bring back what it
    /// removed, also one that was held up after <see cref="FillAsync"/> sent it: in the client's queue, or by the network.
    /// </summary>
    public TimeSpan TombstoneLifetime { get; } = (2 * options.MaxLoadTime) + TimeSpan.FromMinutes(1);

    /// <summary>How long an invalidation may take: the client itself need not give up on a server that does not answer.</summary>
    public TimeSpan InvalidationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The entry of the key; <c>null</c> if there is none, or if Redis does not answer in time.</summary>
    public async Task<Level2Entry?> ReadAsync(string key)
    {
        if (_pause.IsOn)
        {
            return null;
        }

        try
        {
            var value = await WithinLimit(connection.GetDatabase().StringGetAsync(_keys.Entry(key)));
            if (value.IsNull)
            {
                return null;
            }

            if (Level2Codec.Decode((byte[])value!, out var entry) == Level2Content.Foreign)
            {
                Unreadable(key, null);
            }

            return entry;
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            Unreadable(key, exception);
            return null;
        }
        catch (Exception exception) when (IsRedisFailure(exception))
        {
            Failed("read", exception);
            return null;
        }
    }

    /// <summary>Stores an entry unless something newer is there, or its load began longer ago than loads may take.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="startedAt">When the load began, see <see cref="FillTicket.StartedAt"/>.</param>
    public async Task FillAsync(string key, Level2Entry entry, long startedAt)
    {
        var lifetime = (long)(entry.Expires - entry.Created).TotalMilliseconds;
        if (lifetime <= 0 || _pause.IsOn)
        {
            return;
        }

        // Again, right before it is sent: the process may have been paused since the value was judged. What is sent now was loaded at
        // most MaxLoadTime ago, so a tombstone that refuses it lives for MaxLoadTime and a minute more. What remains is a write that the
        // client's queue or the network holds up for longer than that, or a process that is paused for longer between here and the socket.
        if (time.GetElapsedTime(startedAt) > options.MaxLoadTime)
        {
            metrics.DiscardedLevel2Fills.Add();
            return;
        }

        try
        {
            var stored = await WithinLimit(Scripts.Fill.RunAsync(
                connection.GetDatabase(),
                [_keys.Entry(key)],
                Level2Codec.EncodePosition(entry.AsOf),
                Level2Codec.EncodeEntry(entry),
                lifetime));
            if ((int)stored == 0)
            {
                metrics.DiscardedLevel2Fills.Add();
            }
        }
        catch (Exception exception) when (IsRedisFailure(exception))
        {
            Failed("write", exception);
        }
    }

    /// <summary>Applies an invalidation. Doing it again, or late, changes nothing.</summary>
    /// <exception cref="RedisException">Redis failed.</exception>
    /// <exception cref="TimeoutException">Redis did not answer within <see cref="InvalidationTimeout"/>; it may be applied all the same.</exception>
    public async Task InvalidateAsync(CacheInvalidation invalidation, StreamPosition position, CancellationToken cancellationToken)
    {
        var database = connection.GetDatabase();
        var work = new List<Task>();
        if (EpochFields(invalidation) is { Length: > 0 } fields)
        {
            work.Add(Scripts.MoveEpochs.RunAsync(
                database,
                [_keys.Epochs],
                [position.Milliseconds.ToString(CultureInfo.InvariantCulture), position.Sequence.ToString(CultureInfo.InvariantCulture), options.RememberedEpochs, .. fields]));
        }

        var now = time.GetUtcNow();
        var encodedPosition = Level2Codec.EncodePosition(position);
        var tombstone = Level2Codec.EncodeTombstone(position, now, now + TombstoneLifetime);
        foreach (var key in invalidation.Keys)
        {
            work.Add(Scripts.Invalidate.RunAsync(
                database, [_keys.Entry(key)], encodedPosition, tombstone, (long)TombstoneLifetime.TotalMilliseconds));
        }

        var all = Task.WhenAll(work);
        Observe(all);
        await all.WaitAsync(InvalidationTimeout, time, cancellationToken);
    }

    /// <summary>Applies an invalidation that the group will apply as well: within the limit, and without failing.</summary>
    public async Task TryInvalidateAsync(CacheInvalidation invalidation, StreamPosition position)
    {
        try
        {
            await WithinLimit(InvalidateAsync(invalidation, position, CancellationToken.None));
        }
        catch (Exception exception) when (IsRedisFailure(exception))
        {
            Failed("invalidate", exception);
        }
    }

    /// <summary>Drops everything from before a position, for those who start later: tries until it is done.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public async Task DropBeforeAsync(StreamPosition position, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await InvalidateAsync(Invalidation.Everything, position, cancellationToken);
                return;
            }
            catch (Exception exception) when (IsRedisFailure(exception))
            {
                Failed("drop everything", exception);
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    /// <summary>All epochs that the group has written; <c>null</c> if Redis does not answer in time.</summary>
    public async Task<PersistedEpochs?> ReadEpochsAsync()
    {
        try
        {
            var fields = await WithinLimit(connection.GetDatabase().HashGetAllAsync(_keys.Epochs));
            var everything = StreamPosition.Beginning;
            var prefixes = new Dictionary<string, StreamPosition>();
            var tags = new Dictionary<string, StreamPosition>();
            foreach (var field in fields)
            {
                var name = (string)field.Name!;
                if (!StreamPosition.TryParse((string?)field.Value, out var position))
                {
                    // Damaged: what it dropped is unknown, so nothing from before may be trusted.
                    return null;
                }

                if (name == EverythingField)
                {
                    everything = position;
                }
                else if (name.StartsWith(PrefixField, StringComparison.Ordinal))
                {
                    prefixes[name[PrefixField.Length..]] = position;
                }
                else if (name.StartsWith(TagField, StringComparison.Ordinal))
                {
                    tags[name[TagField.Length..]] = position;
                }
            }

            return new PersistedEpochs(everything, prefixes, tags);
        }
        catch (Exception exception) when (IsRedisFailure(exception) || exception is RedisServerException)
        {
            Failed("read epochs", exception);
            return null;
        }
    }

    /// <summary>Counts and logs an entry whose payload cannot be read: a miss, which the next fill overwrites.</summary>
    public void Unreadable(string key, Exception? exception)
    {
        metrics.UnreadableLevel2Entries.Add();
        if (_unreadable.MayLog())
        {
            CacheLog.Unreadable(logger, _keys.Entry(key), exception);
        }
    }

    private static string[] EpochFields(CacheInvalidation invalidation)
    {
        if (!InvalidationRules.IsBulk(invalidation))
        {
            return [];
        }

        return
        [
            .. InvalidationRules.IsEverything(invalidation) ? [EverythingField] : Array.Empty<string>(),
            .. invalidation.Prefixes.Select(InvalidationRules.NormalizePrefix).Where(prefix => prefix.Length > 0).Select(prefix => PrefixField + prefix),
            .. invalidation.Tags.Where(tag => tag != InvalidationRules.EverythingTag).Select(tag => TagField + tag),
        ];
    }

    private static bool IsRedisFailure(Exception exception) =>
        exception is RedisException or TimeoutException or ObjectDisposedException;

    private void Failed(string operation, Exception exception)
    {
        metrics.Level2Errors.Add();
        if (_failures.MayLog())
        {
            CacheLog.Level2Failed(logger, operation, exception);
        }
    }

    private async Task<T> WithinLimit<T>(Task<T> operation)
    {
        await WithinLimit((Task)operation);
        return await operation;
    }

    // Nobody awaits an operation any more whose time is over. Its late failure is observed, so that it is not reported as unobserved.
    private static void Observe(Task operation) => _ = operation.ContinueWith(
        static late => _ = late.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private async Task WithinLimit(Task operation)
    {
        Observe(operation);
        try
        {
            await operation.WaitAsync(options.RedisTimeout, time);
        }
        catch (TimeoutException)
        {
            _pause.Begin();
            throw;
        }
    }
}
