using RedisFlow.Streams.Redis;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tailing;

/// <summary>Reads the stream without a group.</summary>
internal sealed class TailReader(StreamKeys keys, BlockingConnection connection)
{
    private const int PageSize = 500;

    /// <summary>How long an idle read blocks; so often does an idle tail look at the stream's state.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);

    /// <summary>The next entries after <paramref name="position"/>; none if there are none within a second, or on a stop.</summary>
    public async Task<IReadOnlyList<RawEntry>> ReadAsync(MessagePosition position, CancellationToken stop) =>
        RedisReply.ReadEntries(await connection.ReadAsync(
            "XREAD",
            ["COUNT", PageSize, "BLOCK", (long)Block.TotalMilliseconds, "STREAMS", (RedisKey)keys.Stream, position.ToString()],
            Block,
            stop).ConfigureAwait(false));
}
