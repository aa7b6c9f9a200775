using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.Scripts;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Caching.L2;

/// <summary>
/// The service's entries in Redis. What a read needs is bounded in time and never fails: without Redis there is no
/// entry, and while Redis fails, reads and fills pass it by (see <see cref="L2Circuit"/>). What the consumer group
/// needs throws, so that its message stays pending.
/// </summary>
internal sealed class L2Cache(
    Func<IDatabase> connection,
    CachingOptions options,
    TimeProvider time,
    CacheMetrics metrics,
    ILogger logger,
    string? stream = null
)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private const string EverythingField = "*";
    private const string PrefixField = "p:";
    private const string TagField = "t:";

    private readonly LogThrottle _failures = new(time);
    private readonly LogThrottle _unreadable = new(time);
    private readonly L2Circuits _circuits = new(connection, options.RedisTimeout, time);
    private readonly int _compressionThreshold = options.CompressionThreshold;
    private readonly L2Keys _keys = new(options.Service, options.Version);
    private readonly TombstoneWriter _tombstones = new(connection, LifetimeOfTombstones(options));

    /// <summary>
    /// Twice the longest load that is stored, and a minute: a tombstone must outlive every write that could bring back
    /// what it removed, also one that was held up after <see cref="FillAsync"/> sent it: in the client's queue, or by
    /// the network.
    /// </summary>
    public TimeSpan TombstoneLifetime { get; } = LifetimeOfTombstones(options);

    /// <summary>Whether Redis is asked for entries.</summary>
    public L2CircuitState Circuit => _circuits.State;

    /// <summary>
    /// The entry of the key, also an expired one that is kept for longer; <c>null</c> if there is no entry, or if Redis
    /// does not answer in time.
    /// </summary>
    public async Task<L2Entry?> ReadAsync(string key)
    {
        var name = _keys.Entry(key);
        switch ((await AskAsync("read", name, GetAsync, name).ConfigureAwait(false)).Result)
        {
            case byte[] bytes:
                if (L2Codec.Decode(bytes, out var entry, options.MaxPayloadBytes) == L2Content.Foreign)
                {
                    Unreadable(key, null);
                }

                return entry;

            case RedisServerException otherType:
                Unreadable(key, otherType);
                return null;

            default:
                return null;
        }
    }

    /// <summary>
    /// Stores an entry unless something newer is there, or its load began longer ago than loads may take.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="startedAt">When the load began, see <see cref="LoadTicket.StartedAt"/>.</param>
    /// <param name="keepStale">For how long Redis keeps the entry after it has expired, for readers that know what to
    /// do with such entries.</param>
    /// <param name="compresses">Whether a large payload may be compressed.</param>
    public async Task FillAsync(
        string key,
        L2Entry entry,
        long startedAt,
        TimeSpan keepStale = default,
        bool compresses = true
    )
    {
        var lifetime = entry.Expires - entry.Created;
        if (lifetime < TimeSpan.FromMilliseconds(1) || entry.Tags.Length > L2Codec.MaxTags)
        {
            return;
        }

        // Again, right before it is sent: the process may have been paused since the value was judged. What is sent now
        // was loaded at most MaxLoadTime ago, so a tombstone that refuses it lives for MaxLoadTime and a minute more.
        // What remains is a write that the client's queue or the network holds up for longer than that, or a process
        // that is paused for longer between here and the socket.
        if (time.GetElapsedTime(startedAt) > options.MaxLoadTime)
        {
            metrics.DiscardedL2Fills.Add();
            return;
        }

        var name = _keys.Entry(key);
        var answer = await AskAsync(
                "write",
                name,
                StoreAsync,
                (Key: name, Entry: entry, Kept: lifetime + keepStale, Threshold: compresses ? _compressionThreshold : 0)
            )
            .ConfigureAwait(false);
        if (answer.Result is false)
        {
            metrics.DiscardedL2Fills.Add();
        }
    }

    /// <summary>
    /// Whether <see cref="StoreWithMessageAsync"/> may be tried: Redis is asked for this entry, can hold it, and has it
    /// in one slot with the stream.
    /// </summary>
    public bool CanStoreWithMessage(string key, string[] tags)
    {
        var name = _keys.Entry(key);
        if (stream is null || tags.Length > L2Codec.MaxTags || _circuits.Of(name).State != L2CircuitState.Closed)
        {
            return false;
        }

        try
        {
            var multiplexer = connection().Multiplexer;
            return multiplexer.HashSlot(stream) == multiplexer.HashSlot(name);
        }
        catch (Exception exception) when (IsRedisFailure(exception))
        {
            // Not swallowed: the message is published all the same, and that says it.
            return false;
        }
    }

    /// <summary>
    /// Publishes a message and stores an entry as of it, in one step; the entry only if the stream has nothing between
    /// the entry's position and the message.
    /// </summary>
    /// <exception cref="StreamPublishException">Redis failed; both may be there, or neither.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before; both may be there, or
    /// neither.</exception>
    public async Task<(MessagePosition Position, bool IsStored)> StoreWithMessageAsync(
        IStreamPublisher publisher,
        Publication publication,
        string key,
        L2Entry entry,
        TimeSpan keepStale,
        bool compresses,
        CancellationToken cancellationToken
    )
    {
        var encoded = L2Codec.EncodeEntry(entry, compresses ? _compressionThreshold : 0);
        var lifetime = entry.Expires - entry.Created + keepStale;
        var (position, stored) = await publisher
            .PublishAsync(
                CacheScripts.StoreAnnounced,
                publication,
                [_keys.Entry(key)],
                [entry.AsOf.ToString(), encoded, (long)Math.Ceiling(lifetime.TotalMilliseconds)],
                cancellationToken
            )
            .ConfigureAwait(false);
        return (position, (int)stored == 1);
    }

    /// <summary>Applies an invalidation. Doing it again, or late, changes nothing.</summary>
    /// <exception cref="RedisException">Redis failed.</exception>
    /// <exception cref="TimeoutException">
    /// Redis did not answer within the connection's <c>asyncTimeout</c>; it may be applied all the same.
    /// </exception>
    /// <exception cref="StreamPartialFaultException">A master of a cluster is down; what concerns the others is
    /// applied.</exception>
    public async Task InvalidateAsync(
        CacheInvalidation invalidation,
        MessagePosition position,
        CancellationToken cancellationToken
    )
    {
        var work = new List<Task>();
        if (EpochFields(invalidation) is { Length: > 0 } fields)
        {
            RedisValue[] arguments = [position.ToString(), options.RememberedEpochs, .. fields];
            work.Add(
                OnServerOfAsync(
                    _keys.Epochs,
                    static (database, write) =>
                        CacheScripts.MoveEpochs.RunAsync(database, [write.Key], write.Arguments),
                    (Key: (RedisKey)_keys.Epochs, Arguments: arguments)
                )
            );
        }

        var now = time.GetUtcNow();
        var tombstone = L2Codec.EncodeTombstone(position, now, now + TombstoneLifetime);
        var names = invalidation.Keys.Select(key => (RedisKey)_keys.Entry(key));
        foreach (var slot in names.GroupBy(connection().Multiplexer.HashSlot))
        {
            var parts = slot.Chunk(TombstoneWriter.KeysPerScript);
            work.AddRange(
                parts.Select(part =>
                    OnServerOfAsync(
                        part[0]!,
                        static (_, write) => write.Writer.WriteAsync(write.Slot, write.Keys, write.Tombstone),
                        (Writer: _tombstones, Slot: slot.Key, Keys: part, Tombstone: tombstone)
                    )
                )
            );
        }

        await Task.WhenAll(work).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops everything from before a position, for those who start later: tries until it is done.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public async Task DropBeforeAsync(MessagePosition position, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await InvalidateAsync(Invalidation.Everything, position, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (IsRedisFailure(exception))
            {
                Failed("drop everything", exception);
            }

            await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>All epochs that the group has written; <c>null</c> if Redis does not answer in time.</summary>
    public async Task<PersistedEpochs?> ReadEpochsAsync()
    {
        try
        {
            var fields = await connection()
                .HashGetAllAsync(_keys.Epochs, CommandFlags.DemandMaster)
                .WaitAsync(options.RedisTimeout, time)
                .ConfigureAwait(false);
            var everything = MessagePosition.Beginning;
            var prefixes = new Dictionary<string, MessagePosition>();
            var tags = new Dictionary<string, MessagePosition>();
            foreach (var field in fields)
            {
                var name = (string)field.Name!;
                if (!MessagePosition.TryParse((string?)field.Value, out var position))
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

    /// <summary>Runs what a read can do without, see <see cref="L2Circuit.RunAsync"/>. A failure of Redis is counted,
    /// logged and returned.</summary>
    /// <param name="operation">What it is, for the log.</param>
    /// <param name="key">The key in Redis, by which its server is known.</param>
    /// <param name="command">The operation, static.</param>
    /// <param name="state">What it needs.</param>
    public async ValueTask<Outcome<object?>> AskAsync<TState>(
        string operation,
        string key,
        Func<IDatabase, TState, Task<object?>> command,
        TState state
    ) => Checked(operation, await _circuits.Of(key).RunAsync(command, state).ConfigureAwait(false));

    /// <summary>
    /// Writes what the group needs. On a cluster, a master that fails is passed by for a while, as for reads: its
    /// messages wait, and do not hold up those of the others.
    /// </summary>
    private async Task OnServerOfAsync<TState>(string key, Func<IDatabase, TState, Task> write, TState state)
    {
        var circuit = _circuits.Of(key);
        if (circuit == _circuits.Common)
        {
            await write(connection(), state).ConfigureAwait(false);
            return;
        }

        var answer = await circuit
            .RunAsync(
                static async (database, call) =>
                {
                    await call.Write(database, call.State).ConfigureAwait(false);
                    return null;
                },
                (Write: write, State: state)
            )
            .ConfigureAwait(false);
        if (answer.Exception is { } exception && (exception is BrokenCircuitException || IsRedisFailure(exception)))
        {
            throw new StreamPartialFaultException($"The server of {key} is down: {exception.Message}", exception);
        }

        answer.ThrowIfException();
    }

    /// <summary>
    /// Counts and logs an entry whose payload cannot be read: a miss, which the next fill overwrites.
    /// </summary>
    public void Unreadable(string key, Exception? exception)
    {
        metrics.UnreadableL2Entries.Add();
        if (_unreadable.MayLog())
        {
            CacheLog.Unreadable(logger, _keys.Entry(key), exception);
        }
    }

    private Outcome<object?> Checked(string operation, Outcome<object?> answer)
    {
        if (answer.Exception is { } exception and not BrokenCircuitException)
        {
            if (!IsRedisFailure(exception))
            {
                answer.ThrowIfException();
            }

            Failed(operation, exception);
        }

        return answer;
    }

    // The bytes, null for none, or the server's word that the key holds another type: an answer, and no failure.
    private static async Task<object?> GetAsync(IDatabase database, string key)
    {
        try
        {
            return (byte[]?)await database.StringGetAsync(key, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException exception)
            when (exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            return exception;
        }
    }

    // Whether it was stored.
    private static async Task<object?> StoreAsync(
        IDatabase database,
        (string Key, L2Entry Entry, TimeSpan Kept, int Threshold) fill
    ) =>
        (int)
            await CacheScripts
                .Fill.RunAsync(
                    database,
                    [fill.Key],
                    L2Codec.EncodePosition(fill.Entry.AsOf),
                    L2Codec.EncodeEntry(fill.Entry, fill.Threshold),
                    (long)fill.Kept.TotalMilliseconds
                )
                .ConfigureAwait(false) == 1;

    private static TimeSpan LifetimeOfTombstones(CachingOptions options) =>
        (2 * options.MaxLoadTime) + TimeSpan.FromMinutes(1);

    private static string[] EpochFields(CacheInvalidation invalidation)
    {
        if (!InvalidationRules.IsBulk(invalidation))
        {
            return [];
        }

        return
        [
            .. InvalidationRules.IsEverything(invalidation) ? [EverythingField] : Array.Empty<string>(),
            .. invalidation
                .Prefixes.Select(InvalidationRules.NormalizePrefix)
                .Where(prefix => prefix.Length > 0)
                .Select(prefix => PrefixField + prefix),
            .. invalidation.Tags.Where(tag => tag != InvalidationRules.EverythingTag).Select(tag => TagField + tag),
        ];
    }

    private static bool IsRedisFailure(Exception exception) =>
        exception is RedisException or ObjectDisposedException || RedisFaults.IsInfrastructure(exception);

    private void Failed(string operation, Exception exception)
    {
        metrics.L2Errors.Add();
        if (_failures.MayLog())
        {
            CacheLog.L2Failed(logger, operation, exception);
        }
    }
}
