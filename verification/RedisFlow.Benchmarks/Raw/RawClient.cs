using RedisFlow.Benchmarks.Engine;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Raw;

/// <summary>
/// The same client library without the engine: what the engine is compared with, and what fills streams.
/// </summary>
internal sealed class RawClient(ConnectionMultiplexer connection, string stream) : IDisposable
{
    /// <summary>How many commands may be under way.</summary>
    public const int Window = 1024;

    private readonly RedisKey _key = new StreamKeys(stream).Stream;

    private IDatabase Database => connection.GetDatabase();

    /// <summary>Opens a connection of its own.</summary>
    public static async Task<RawClient> ConnectAsync(string connectionString, string stream)
    {
        // RESP2, as the engine's blocking connections; a version of the library that knows no RESP3 ignores the
        // setting.
        var options = ConfigurationOptions.Parse(
            $"{connectionString},protocol=resp2,allowAdmin=true",
            ignoreUnknown: true
        );
        return new RawClient(await ConnectionMultiplexer.ConnectAsync(options), stream);
    }

    /// <summary>Any command.</summary>
    public Task<RedisResult> ExecuteAsync(string command, params object[] arguments) =>
        Database.ExecuteAsync(command, arguments);

    /// <summary>Appends an entry with these bytes.</summary>
    public Task AddAsync(byte[] data) => Database.ExecuteAsync("XADD", _key, "*", "data", data);

    /// <summary>Appends entries, each with a message of its own.</summary>
    public async Task FillAsync(int messages, CancellationToken cancellationToken)
    {
        var window = new PipelineWindow(Window);
        for (var i = 0; i < messages; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await window.AddAsync(AddAsync(Messages.Bytes(i)));
        }

        await window.DrainAsync();
    }

    /// <summary>Creates a group at the beginning of the stream.</summary>
    public Task CreateGroupAsync(string group) => ExecuteAsync("XGROUP", "CREATE", _key, group, "0-0", "MKSTREAM");

    /// <summary>Removes a group.</summary>
    public Task DestroyGroupAsync(string group) => ExecuteAsync("XGROUP", "DESTROY", _key, group);

    /// <summary>Reads new entries without waiting for any.</summary>
    /// <returns>The entries, each an id and its fields.</returns>
    public async Task<RedisResult[]> ReadGroupAsync(string group, int count)
    {
        var reply = await Database.ExecuteAsync(
            "XREADGROUP",
            "GROUP",
            group,
            "raw",
            "COUNT",
            count,
            "STREAMS",
            _key,
            ">"
        );
        if (reply.IsNull || Items(reply) is not { Length: > 0 } streams)
        {
            return [];
        }

        // RESP3: the stream's name and its entries, flat; RESP2: a pair of both.
        return Items(streams.Length == 2 ? streams[1] : Items(streams[0])[1]);
    }

    /// <summary>Acknowledges entries with one command.</summary>
    public Task AcknowledgeAsync(string group, RedisResult[] entries)
    {
        var arguments = new object[entries.Length + 2];
        arguments[0] = _key;
        arguments[1] = group;
        for (var i = 0; i < entries.Length; i++)
        {
            arguments[i + 2] = Bytes(Items(entries[i])[0]);
        }

        return Database.ExecuteAsync("XACK", arguments);
    }

    /// <summary>The bytes of an entry that has one field.</summary>
    public static byte[] DataOf(RedisResult entry) => Bytes(Items(Items(entry)[1])[1]);

    /// <summary>The consumer's entries that are delivered and not acknowledged.</summary>
    public async Task<IReadOnlyList<string>> PendingOfAsync(string group, string consumer)
    {
        var reply = await ExecuteAsync("XPENDING", _key, group, "-", "+", int.MaxValue, consumer);
        return [.. Items(reply).Select(entry => ((string?)Items(entry)[0])!)];
    }

    /// <summary>Removes the stream and what belongs to it.</summary>
    public async Task RemoveAsync()
    {
        var keys = new StreamKeys(stream);
        await ExecuteAsync("UNLINK", _key, (RedisKey)keys.Dead, (RedisKey)keys.Groups);
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private static RedisResult[] Items(RedisResult reply) => ((RedisResult[]?)reply)!;

    private static byte[] Bytes(RedisResult reply) => ((byte[]?)reply)!;
}
