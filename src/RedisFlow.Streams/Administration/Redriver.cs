using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Administration;

/// <summary>Publishes dead letters again, and drops them.</summary>
internal sealed class Redriver(
    SharedRedis redis,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] DeadLetterReader letters,
    ILogger<StreamAdministration> logger
)
{
    /// <summary>Letters per round trip: envelopes may be large.</summary>
    private const int PageSize = 16;

    private const int HighestLimit = 1_000_000;

    public async Task<RedriveResult> RedriveAsync(
        IReadOnlyCollection<MessagePosition> positions,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(positions);
        var result = new Progress(stream.Name);
        foreach (var page in positions.Distinct().Chunk(PageSize))
        {
            var found = await Task.WhenAll(page.Select(position => letters.FindAsync(position, cancellationToken)))
                .ConfigureAwait(false);
            result.NotFound.AddRange(page.Where((_, i) => found[i] is null));
            await MoveAsync([.. found.OfType<DeadLetterEntry>()], result, cancellationToken).ConfigureAwait(false);
        }

        return result.ToResult();
    }

    public async Task<RedriveResult> RedriveAllAsync(
        DeadLetterFilter? filter,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, HighestLimit);
        var result = new Progress(stream.Name);

        // Only what is there now: a message that fails again at once comes back as a new letter, and would be redriven
        // without end.
        if (await letters.LastAsync(cancellationToken).ConfigureAwait(false) is not { } last)
        {
            return result.ToResult();
        }

        var from = "-";
        while (result.Redriven.Count < limit)
        {
            var page = await letters
                .RangeAsync(from, last.ToString(), PageSize, cancellationToken)
                .ConfigureAwait(false);
            if (page.Count == 0)
            {
                break;
            }

            var chosen = page.Where(letter => filter?.Matches(letter) ?? true).Take(limit - result.Redriven.Count);
            await MoveAsync([.. chosen], result, cancellationToken).ConfigureAwait(false);
            from = $"({page[^1].Position}";
        }

        return result.ToResult();
    }

    public async Task<bool> DropAsync(MessagePosition position, CancellationToken cancellationToken)
    {
        var dropped =
            await redis
                .SendAsync(
                    database => database.StreamDeleteAsync(stream.Keys.Dead, [position.ToString()]),
                    cancellationToken
                )
                .ConfigureAwait(false) == 1;
        if (dropped)
        {
            logger.DeadLetterDropped(stream.Name, position);
        }

        return dropped;
    }

    private async Task MoveAsync(
        IReadOnlyList<DeadLetterEntry> page,
        Progress result,
        CancellationToken cancellationToken
    )
    {
        result.WithoutData.AddRange(page.Where(letter => letter.Data.IsEmpty).Select(letter => letter.Position));
        DeadLetterEntry[] movable = [.. page.Where(letter => !letter.Data.IsEmpty)];
        if (movable.Length == 0)
        {
            return;
        }

        RedisValue[] arguments =
        [
            .. movable.SelectMany(letter => new RedisValue[] { letter.Position.ToString(), BytesOf(letter) }),
        ];
        var added = RedisReply.Items(
            await redis
                .RunAsync(StreamScripts.Redrive, [stream.Keys.Stream, stream.Keys.Dead], arguments, cancellationToken)
                .ConfigureAwait(false)
        );
        for (var i = 0; i < movable.Length; i++)
        {
            if (RedisReply.OptionalPosition(added[i]) is { } message)
            {
                result.Redriven.Add(new RedrivenLetter(movable[i].Position, message));
                logger.Redriven(stream.Name, movable[i].Position, movable[i].Group, message);
            }
            else
            {
                result.NotFound.Add(movable[i].Position);
            }
        }
    }

    /// <summary>
    /// The envelope for the one group that gave it up: the others have handled it, or have a dead letter of their own.
    /// All else stays as it was, the message id and fields that this build does not know included.
    /// </summary>
    private static byte[] BytesOf(DeadLetterEntry letter)
    {
        if (letter.Envelope is null || letter.Group.Length == 0)
        {
            return letter.Data.ToArray();
        }

        var envelope = letter.Envelope.Clone();
        envelope.TargetApplication = letter.Group;
        return envelope.ToByteArray();
    }

    private sealed class Progress(string stream)
    {
        public List<RedrivenLetter> Redriven { get; } = [];

        public List<MessagePosition> NotFound { get; } = [];

        public List<MessagePosition> WithoutData { get; } = [];

        public RedriveResult ToResult() => new(stream, Redriven, NotFound, WithoutData);
    }
}
