using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Parking;

/// <summary>What a group has parked, as Redis has it.</summary>
internal sealed class ParkedMessages(ConsumerIdentity identity, SharedRedis redis, TimeSpan lease)
{
    /// <summary>The field beside what parked messages wait for; see <see cref="StreamKeys.ParkedTypes"/>.</summary>
    public const string Left = "*";

    private readonly RedisKey _messages = identity.Keys.Parked(identity.Group);
    private readonly RedisKey _types = identity.Keys.ParkedTypes(identity.Group);
    private readonly RedisKey _lease = identity.Keys.ParkedLease(identity.Group);
    private readonly string _token = Guid.NewGuid().ToString("N");

    /// <summary>Looks whether there is something to take back.</summary>
    public async Task<ParkedLook> LookAsync(CancellationToken cancellationToken)
    {
        var reply = RedisReply.Items(
            await redis
                .RunAsync(StreamScripts.LookParked, [_messages, _types], [identity.Group], cancellationToken)
                .ConfigureAwait(false)
        );
        var fields = RedisReply
            .Items(reply[0])
            .Chunk(2)
            .ToDictionary(pair => RedisReply.Text(pair[0]), pair => RedisReply.Text(pair[1]));
        fields.Remove(Left, out var left);
        return new ParkedLook(
            fields.Keys,
            left,
            RedisReply.OptionalPosition(reply[1]),
            RedisReply.Integer(reply[2]),
            RedisReply.Integer(reply[3])
        );
    }

    /// <summary>Takes or keeps the lease of who takes parked messages back.</summary>
    /// <returns>Whether this worker has it.</returns>
    public Task<bool> HoldAsync(CancellationToken cancellationToken) => HoldAsync(lease, cancellationToken);

    /// <summary>Gives the lease up.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => HoldAsync(TimeSpan.Zero, cancellationToken);

    /// <summary>One page of the messages, oldest first.</summary>
    /// <param name="after">The last one of the page before; <c>null</c> for the first page.</param>
    /// <param name="count">The page's size.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<ParkedEntry>> PageAsync(
        MessagePosition? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var reply = await redis
            .RunAsync(
                StreamScripts.PageParked,
                [_messages],
                [after is null ? "-" : $"({after}", count],
                cancellationToken
            )
            .ConfigureAwait(false);
        return Array.ConvertAll(
            RedisReply.Items(reply),
            item =>
                RedisReply.Items(item) switch
                {
                    [var id, var subject, var schema, var type] => new ParkedEntry(
                        RedisReply.Position(id),
                        RedisReply.Text(subject),
                        RedisReply.Integer(schema),
                        RedisReply.Text(type)
                    ),
                    var parts => throw new FormatException(
                        $"Redis answered {parts.Length} elements where a parked message has four."
                    ),
                }
        );
    }

    /// <summary>Takes messages back. Those that are not there any more are left out.</summary>
    /// <returns>The messages; <c>null</c> if another worker takes them back.</returns>
    public async Task<IReadOnlyList<RawEntry>?> TakeAsync(
        IEnumerable<MessagePosition> ids,
        CancellationToken cancellationToken
    )
    {
        var reply = await redis
            .RunAsync(
                StreamScripts.TakeParked,
                [_messages, _lease],
                [_token, identity.Group, identity.Consumer, .. ids.Select(id => (RedisValue)id.ToString())],
                cancellationToken
            )
            .ConfigureAwait(false);
        return RedisReply.IsNull(reply) ? null : Array.ConvertAll(RedisReply.Items(reply), Taken);
    }

    /// <summary>All that is parked was taken since <paramref name="look"/>.</summary>
    public Task ForgetLeftAsync(ParkedLook look, CancellationToken cancellationToken) =>
        look.Left is null
            ? Task.CompletedTask
            : redis.RunAsync(StreamScripts.ForgetLeft, [_types], [look.Left], cancellationToken);

    private async Task<bool> HoldAsync(TimeSpan time, CancellationToken cancellationToken) =>
        RedisReply.Integer(
            await redis
                .RunAsync(StreamScripts.HoldParked, [_lease], [_token, (long)time.TotalMilliseconds], cancellationToken)
                .ConfigureAwait(false)
        ) == 1;

    private static RawEntry Taken(RedisResult item) =>
        RawEntry.FromPending(item) with
        {
            Origin = RedisReply.Position(RedisReply.Field(RedisReply.Items(item)[2], "position")),
        };
}

/// <summary>What a group has parked, in few words.</summary>
/// <param name="WaitsFor">What builds lack; see <c>DecodedEntry.WaitsFor</c>.</param>
/// <param name="Left">
/// The last message that left and for which others of its subject may have waited; <c>null</c> if there is no such
/// message.
/// </param>
/// <param name="Oldest">The oldest parked message; its id has the time at which it was parked.</param>
/// <param name="Now">The server's time, in Unix milliseconds.</param>
/// <param name="Taken">How many messages workers have taken back and not settled.</param>
internal sealed record ParkedLook(
    IReadOnlyCollection<string> WaitsFor,
    string? Left,
    MessagePosition? Oldest,
    long Now,
    long Taken
);

/// <summary>A parked message, without its data.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Subject">Its subject; empty if it has none.</param>
/// <param name="Schema">The envelope's schema version.</param>
/// <param name="Type">The payload's type; empty if it has none.</param>
internal readonly record struct ParkedEntry(MessagePosition Id, string Subject, long Schema, string Type);
