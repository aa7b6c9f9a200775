using System.Reflection;
using RedisFlow.Caching.L2;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Nodes.Sabotage;

/// <summary>
/// A connection to Redis on which the cache's fill script ignores what is there, tombstones as well: each script that
/// takes an encoded entry is replaced by a plain SET. All else goes through unchanged.
/// </summary>
internal class UnguardedL2 : DispatchProxy
{
    /// <summary>
    /// Stores an entry, whatever is there. That is the fault.
    /// KEYS[1] the entry's key. ARGV[1] the encoded entry, ARGV[2] its time to live in ms.
    /// Returns 1. Retry: writes the same again. Race settled: none.
    /// </summary>
    private const string Set = "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1";

    private object _inner = null!;

    /// <summary>Puts the fault around a connection.</summary>
    public static IConnectionMultiplexer Around(IConnectionMultiplexer connection) => Proxy(connection);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (
            _inner is IDatabase database
            && targetMethod!.Name == nameof(IDatabase.ScriptEvaluateAsync)
            && FillIn(args!) is var (key, entry, lifetime)
        )
        {
            return database.ScriptEvaluateAsync(Set, [key], [entry, lifetime]);
        }

        var result = targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        return result is IDatabase opened ? Proxy(opened) : result;
    }

    private static T Proxy<T>(T inner)
        where T : class
    {
        var proxy = Create<T, UnguardedL2>();
        ((UnguardedL2)(object)proxy)._inner = inner;
        return proxy;
    }

    /// <summary>The key, the entry and the time to live of a fill; <c>null</c> if the script is not a fill.</summary>
    private static (RedisKey Key, RedisValue Entry, RedisValue Lifetime)? FillIn(object?[] arguments)
    {
        if (arguments is not [_, RedisKey[] { Length: 1 } keys, RedisValue[] { Length: > 1 } values, ..])
        {
            return null;
        }

        var entry = values.FirstOrDefault(value =>
            value is { IsInteger: false } && L2Codec.Decode((byte[])value!, out _) == L2Content.Entry
        );
        return entry.IsNull ? null : (keys[0], entry, values[^1]);
    }
}
