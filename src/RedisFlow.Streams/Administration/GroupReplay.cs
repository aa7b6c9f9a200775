using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Administration;

/// <summary>
/// Sets groups back. What is delivered again is counted first, page by page, since Redis can tell a group's lag after a
/// jump only if it is told how many entries lie before it; the jump itself is one script that takes the count only if
/// nothing was removed since.
/// </summary>
internal sealed class GroupReplay(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] UnknownGroups unknown,
    ILogger<StreamAdministration> logger
)
{
    private const int PageSize = 2000;
    private const int MostAttempts = 10;
    private const int NothingToReplay = -1;
    private const int Removed = -2;

    public Task<ReplayResult> ReplayAsync(string group, DateTimeOffset from, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, DateTimeOffset.UnixEpoch);
        return ReplayAsync(group, new MessagePosition((ulong)from.ToUnixTimeMilliseconds(), 0), cancellationToken);
    }

    public async Task<ReplayResult> ReplayAsync(string group, MessagePosition from, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var range = await CountAsync(group, from, cancellationToken).ConfigureAwait(false);
            RedisValue[] arguments =
            [
                group,
                StreamState.Before(from).ToString(),
                range.Count,
                range.Added,
                range.Removed,
            ];
            var reply = await redis
                .RunAsync(StreamScripts.SetPosition, [stream.Keys.Stream], arguments, cancellationToken)
                .ConfigureAwait(false);
            var count = RedisReply.IsNull(reply)
                ? throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false)
                : RedisReply.Integer(reply);
            if (count != Removed)
            {
                var result = new ReplayResult(
                    stream.Name,
                    group,
                    from,
                    count == NothingToReplay ? 0 : count,
                    range.Removed > 0 && range.First > from ? range.First : null
                );
                if (count != NothingToReplay)
                {
                    logger.GroupSetBack(stream.Name, group, from, count);
                }

                return result;
            }
        }

        throw new InvalidOperationException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The stream {stream.Name} was trimmed at each of {MostAttempts} attempts to count what is to be "
                    + $"replayed from {from} on; try again, or raise Streams:TrimInterval."
            )
        );
    }

    private async Task<Range> CountAsync(string group, MessagePosition from, CancellationToken cancellationToken)
    {
        Range? range = null;
        var (start, end) = (from.ToString(), "+");
        while (true)
        {
            var reply = await redis
                .RunAsync(
                    StreamScripts.ReplayRange,
                    [stream.Keys.Stream],
                    [group, start, end, PageSize],
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (RedisReply.IsNull(reply))
            {
                throw await unknown.ExceptionAsync(group, cancellationToken).ConfigureAwait(false);
            }

            var page = RedisReply.Items(reply);
            range ??= Begin(page, from);
            end = range.Last.ToString();
            var count = RedisReply.Integer(page[4]);
            range.Count += count;
            if (count < PageSize)
            {
                return range;
            }

            start = $"({RedisReply.Text(page[6])}";
        }
    }

    private Range Begin(RedisResult[] page, MessagePosition from)
    {
        var last = RedisReply.Position(page[0]);
        return from <= last
            ? new Range(
                last,
                RedisReply.Integer(page[1]),
                RedisReply.Integer(page[2]),
                RedisReply.OptionalPosition(page[3])
            )
            : throw new ArgumentOutOfRangeException(
                nameof(from),
                from,
                $"The stream {stream.Name} ends at {last}; there is nothing to replay from a later position or time."
            );
    }

    private sealed record Range(MessagePosition Last, long Added, long Removed, MessagePosition? First)
    {
        public long Count { get; set; }
    }
}
