using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace RedisFlow.Streams;

/// <summary>
/// A Lua script, run by its hash; sent in full only when the server does not have it (first use, restart, SCRIPT
/// FLUSH). Always on the master: what a replica has may be older than what was promised.
/// </summary>
public sealed class RedisScript
{
    private readonly string _lua;
    private readonly byte[] _hash;

    /// <summary>A script with this text. Nothing is sent before it runs.</summary>
    public RedisScript(string lua)
    {
        ArgumentException.ThrowIfNullOrEmpty(lua);
        _lua = lua;

        // Hashed once. The client's own overload for texts would look the text up at each call, which hashes all of it.
        // SHA-1 is how Redis names scripts; nothing here rests on its strength.
#pragma warning disable CA5350
        _hash = SHA1.HashData(Encoding.UTF8.GetBytes(lua));
#pragma warning restore CA5350
    }

    /// <summary>Runs the script.</summary>
    /// <param name="database">Where to run it.</param>
    /// <param name="keys">KEYS. In Redis Cluster they must share a slot.</param>
    /// <param name="arguments">ARGV.</param>
    public Task<RedisResult> RunAsync(IDatabaseAsync database, RedisKey[] keys, params RedisValue[] arguments)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(arguments);
        return RunAsync(database, keys, arguments, CommandFlags.None);
    }

    /// <inheritdoc cref="RunAsync(IDatabaseAsync, RedisKey[], RedisValue[])"/>
    /// <param name="database">Where to run it.</param>
    /// <param name="keys">KEYS.</param>
    /// <param name="arguments">ARGV.</param>
    /// <param name="flags">Further flags of the command.</param>
    internal async Task<RedisResult> RunAsync(
        IDatabaseAsync database,
        RedisKey[] keys,
        RedisValue[] arguments,
        CommandFlags flags
    )
    {
        try
        {
            return await database
                .ScriptEvaluateAsync(_hash, keys, arguments, flags | CommandFlags.DemandMaster)
                .ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await RunInFullAsync(database, keys, arguments, flags).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Adds the script to a transaction, sent in full: a hash that the server does not know would fail alone while the
    /// rest commits.
    /// </summary>
    /// <param name="transaction">The transaction; the caller executes it.</param>
    /// <param name="keys">KEYS. In Redis Cluster they must share the transaction's slot.</param>
    /// <param name="arguments">ARGV.</param>
    /// <returns>The answer; completes after the transaction was executed, and is cancelled if that was not
    /// committed.</returns>
    public Task<RedisResult> EnlistAsync(ITransaction transaction, RedisKey[] keys, params RedisValue[] arguments)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(arguments);
        return RunInFullAsync(transaction, keys, arguments, CommandFlags.None);
    }

    private Task<RedisResult> RunInFullAsync(
        IDatabaseAsync database,
        RedisKey[] keys,
        RedisValue[] arguments,
        CommandFlags flags
    ) =>
        database.ScriptEvaluateAsync(
            _lua,
            keys,
            arguments,
            flags | CommandFlags.NoScriptCache | CommandFlags.DemandMaster
        );
}
