using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>
/// The plain cache that many services have: entries in memory and in Redis that expire, and no message says that they
/// became stale. An entry that memory takes from Redis expires when it would have there.
/// </summary>
internal sealed class ExpiringNode(
    NodeArguments arguments,
    KeySpace keys,
    IMemoryCache cache,
    ConnectionMultiplexer source,
    SourceLoads loads,
    TimeProvider time
) : INode
{
    private readonly MemoryCache _memory = (MemoryCache)cache;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Counters { get; } = new Dictionary<string, long>();

    /// <summary>Where the service's entries are in Redis.</summary>
    public static string Prefix(string service) => $"ttl:{service}:";

    /// <summary>There is nothing to wait for: such a cache does not know what it has missed.</summary>
    public Task<bool> WaitUntilAppliedAsync(MessagePosition position, TimeSpan limit) => Task.FromResult(true);

    /// <inheritdoc/>
    public async Task<NodeReply> ReadAsync(int key)
    {
        var name = keys.Name(key);
        if (_memory.TryGetValue(name, out long version))
        {
            return new NodeReply(ReadOutcome.L1, version);
        }

        try
        {
            if (await ReadL2Async(name) is { } stored)
            {
                _memory.Set(name, stored.Version, stored.Left);
                return new NodeReply(ReadOutcome.L2, stored.Version);
            }

            version = await loads.LoadAsync(key, CancellationToken.None);
        }
        catch (Exception exception) when (exception is RedisException || RedisFaults.IsInfrastructure(exception))
        {
            return new NodeReply(ReadOutcome.Failed, 0);
        }

        _memory.Set(name, version, arguments.Expiry);
        await FillL2Async(name, version);
        return new NodeReply(ReadOutcome.Miss, version);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredVersion>> ServedByL1Async()
    {
        var served = new List<StoredVersion>();
        foreach (var name in _memory.Keys.Cast<string>())
        {
            if (_memory.TryGetValue(name, out long version))
            {
                served.Add(new StoredVersion(keys.Parse(name), version));
            }
        }

        return Task.FromResult<IReadOnlyList<StoredVersion>>(served);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredVersion>> ServedByL2Async()
    {
        var served = new List<StoredVersion>();
        foreach (var key in keys.All.Append(keys.Canary))
        {
            if (await ReadL2Async(keys.Name(key)) is { } stored)
            {
                served.Add(new StoredVersion(key, stored.Version));
            }
        }

        return served;
    }

    private async Task FillL2Async(string name, long version)
    {
        var expires = (time.GetUtcNow() + arguments.Expiry).ToUnixTimeMilliseconds();
        var value = string.Create(CultureInfo.InvariantCulture, $"{version} {expires}");
        try
        {
            await source
                .GetDatabase()
                .StringSetAsync(
                    Prefix(arguments.Service) + name,
                    value,
                    arguments.Expiry,
                    flags: CommandFlags.FireAndForget
                );
        }
        catch (Exception exception) when (exception is RedisException || RedisFaults.IsInfrastructure(exception))
        {
            // The next miss fills it.
        }
    }

    private async Task<(long Version, TimeSpan Left)?> ReadL2Async(string name)
    {
        var value = await source.GetDatabase().StringGetAsync(Prefix(arguments.Service) + name);
        if (value.IsNull)
        {
            return null;
        }

        var parts = ((string)value!).Split(' ');
        var left =
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[1], CultureInfo.InvariantCulture))
            - time.GetUtcNow();
        return left > TimeSpan.Zero ? (long.Parse(parts[0], CultureInfo.InvariantCulture), left) : null;
    }
}
