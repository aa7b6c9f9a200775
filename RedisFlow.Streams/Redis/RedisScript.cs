using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace RedisFlow.Streams;

/// <summary>A Lua script, run by its hash; sent in full only when the server does not have it (first use, restart, SCRIPT FLUSH).</summary>
public sealed class RedisScript
{
    private readonly string _lua;
    private readonly string _hash;

    /// <summary>A script with this text. Nothing is sent before it runs.</summary>
    public RedisScript(string lua)
    {
        ArgumentException.ThrowIfNullOrEmpty(lua);
        _lua = lua;

        // SHA-1 is how Redis names scripts; nothing here rests on its strength.
#pragma warning disable CA5350
        _hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(lua)));
#pragma warning restore CA5350
    }

    /// <summary>Runs the script.</summary>
    /// <param name="database">Where to run it.</param>
    /// <param name="keys">KEYS. In Redis Cluster they must share a slot.</param>
    /// <param name="arguments">ARGV: strings, numbers or bytes.</param>
    public async Task<RedisResult> RunAsync(IDatabaseAsync database, string[] keys, params object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(arguments);
        try
        {
            return await database.ExecuteAsync("EVALSHA", Arguments(_hash, keys, arguments));
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await database.ExecuteAsync("EVAL", Arguments(_lua, keys, arguments));
        }
    }

    /// <summary>As <see cref="RunAsync"/>, for callers that must not be asynchronous: blocks the thread.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public RedisResult Run(IDatabase database, string[] keys, params object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(arguments);
        try
        {
            return database.Execute("EVALSHA", Arguments(_hash, keys, arguments));
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return database.Execute("EVAL", Arguments(_lua, keys, arguments));
        }
    }

    /// <summary>
    /// Runs the script, sent in full: inside a transaction, where a hash that the server does not know would fail alone while the rest commits.
    /// </summary>
    internal Task<RedisResult> RunInFullAsync(IDatabaseAsync database, string[] keys, object[] arguments) =>
        database.ExecuteAsync("EVAL", Arguments(_lua, keys, arguments));

    private static object[] Arguments(string script, string[] keys, object[] arguments) =>
        [script, keys.Length, .. keys.Select(key => (object)(RedisKey)key), .. arguments];
}
