using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace RedisFlow.Caching;

/// <summary>
/// Redis as a distributed cache, for what expects one: sessions, and whatever else has no business with the stream. It has no memory level,
/// and nothing but its time, or a removal, ends an entry.
/// </summary>
/// <remarks>
/// <para>
/// Expiration is as with .NET's own implementations: reading and refreshing prolong a sliding entry, never past its absolute end; an entry without
/// an expiration stays. Times are kept to the millisecond, by the server's clock.
/// </para>
/// <para>
/// Keys have 1 to 1,024 characters, none of them a control character; otherwise <see cref="ArgumentException"/>. What fails, fails the caller: with
/// a <see cref="RedisException"/>, or a <see cref="TimeoutException"/> after <see cref="DistributedCacheOptions.Timeout"/>, or, of a synchronous
/// operation, after the connection's <c>syncTimeout</c>. After a timeout it may have been done all the same.
/// </para>
/// </remarks>
public sealed class RedisBufferDistributedCache : IBufferDistributedCache
{
    private readonly IConnectionMultiplexer _connection;
    private readonly string _prefix;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <summary>A cache; <see cref="StreamDistributedCacheExtensions"/> registers one.</summary>
    /// <param name="connection">The connection to Redis; not disposed by the cache.</param>
    /// <param name="name">The key of a keyed cache: those of other names have other entries. <c>null</c> for the one without.</param>
    /// <param name="options">The settings.</param>
    /// <param name="time">The clock of absolute expirations and of the timeout.</param>
    internal RedisBufferDistributedCache(IConnectionMultiplexer connection, string? name, DistributedCacheOptions options, TimeProvider time)
    {
        _connection = connection;

        // A slash after the service: the keys of StreamHybridCache have a colon there.
        _prefix = name is null ? $"{options.Service}/distributed:" : $"{options.Service}/distributed/{name}:";
        _timeout = options.Timeout;
        _time = time;
    }

    /// <inheritdoc/>
    public byte[]? Get(string key) => (byte[]?)DistributedCacheScripts.Get.Run(Database, [Key(key)]);

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var found = Key(key);
        token.ThrowIfCancellationRequested();
        return (byte[]?)await DistributedCacheScripts.Get.RunAsync(Database, [found]).WithinLimit(_timeout, _time, token);
    }

    /// <inheritdoc/>
    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return TryWrite(Get(key), destination);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return TryWrite(await GetAsync(key, token), destination);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The absolute expiration is not in the future.</exception>
    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        var (stored, arguments) = Entry(key, value, options);
        DistributedCacheScripts.Set.Run(Database, [stored], arguments);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The absolute expiration is not in the future.</exception>
    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        var (stored, arguments) = Entry(key, value, options);
        token.ThrowIfCancellationRequested();
        await DistributedCacheScripts.Set.RunAsync(Database, [stored], arguments).WithinLimit(_timeout, _time, token);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The absolute expiration is not in the future.</exception>
    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => Set(key, value.ToArray(), options);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The absolute expiration is not in the future.</exception>
    public async ValueTask SetAsync(
        string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default) =>

        // Copied: after a timeout the client may still send it, when the caller's buffers are back in their pool.
        await SetAsync(key, value.ToArray(), options, token);

    /// <inheritdoc/>
    public void Refresh(string key) => DistributedCacheScripts.Refresh.Run(Database, [Key(key)]);

    /// <inheritdoc/>
    public async Task RefreshAsync(string key, CancellationToken token = default)
    {
        var refreshed = Key(key);
        token.ThrowIfCancellationRequested();
        await DistributedCacheScripts.Refresh.RunAsync(Database, [refreshed]).WithinLimit(_timeout, _time, token);
    }

    /// <inheritdoc/>
    public void Remove(string key) => Database.KeyDelete(Key(key));

    /// <inheritdoc/>
    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        var removed = Key(key);
        token.ThrowIfCancellationRequested();
        await Database.KeyDeleteAsync(removed).WithinLimit(_timeout, _time, token);
    }

    private static bool TryWrite(byte[]? value, IBufferWriter<byte> destination)
    {
        if (value is null)
        {
            return false;
        }

        destination.Write(value);
        return true;
    }

    private IDatabase Database => _connection.GetDatabase();

    private (string Key, object[] Arguments) Entry(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);
        var (sliding, left) = DistributedExpiration.Of(options, _time.GetUtcNow());
        return (Key(key), [value, sliding, left]);
    }

    private string Key(string key)
    {
        CacheKey.Validate(key, "key", nameof(key));
        return _prefix + key;
    }
}
