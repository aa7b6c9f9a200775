using RedisFlow.Streams.Redis;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tailing;

/// <summary>Reads the stream without a group.</summary>
internal sealed class TailReader(
    StreamKeys keys,
    BlockingConnection connection,
    StreamOptions options,
    TimeProvider time
)
{
    private const int PageSize = 500;

    /// <summary>How long an idle read blocks; so often does an idle tail look at the stream's state.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);

    private readonly ReadPace _pace = new(time);
    private readonly SizeEstimate _sizes = new(Math.Min(options.MaxMessageSize, options.PrefetchBytes));

    /// <inheritdoc cref="ReadPace.IsRestDue"/>
    public bool IsRestDue => _pace.IsRestDue;

    /// <summary>
    /// The next entries after <paramref name="position"/>; none if there are none within a second, or on a stop.
    /// </summary>
    public async Task<IReadOnlyList<RawEntry>> ReadAsync(MessagePosition position, CancellationToken stop)
    {
        var count = Math.Clamp(_sizes.CountIn(options.PrefetchBytes), 1, PageSize);
        var entries = RedisReply.ReadEntries(
            await connection
                .ReadAsync(
                    "XREAD",
                    [
                        "COUNT",
                        count,
                        "BLOCK",
                        (long)Block.TotalMilliseconds,
                        "STREAMS",
                        (RedisKey)keys.Stream,
                        position.ToString(),
                    ],
                    Block,
                    stop
                )
                .ConfigureAwait(false)
        );
        _pace.Read(entries.Count, count);
        if (entries.Count > 0)
        {
            _sizes.Observe(entries.Max(entry => entry.Data?.Length ?? 0));
        }

        return entries;
    }
}
