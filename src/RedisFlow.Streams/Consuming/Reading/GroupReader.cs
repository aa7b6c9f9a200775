using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Reading;

/// <summary>
/// Reads for the group, blocking until there is something. Where the server can, the same read first takes over what
/// other consumers left (XREADGROUP CLAIM).
/// </summary>
internal sealed class GroupReader(
    ConsumerIdentity identity,
    BlockingConnection connection,
    ServerTier server,
    MessageDecoder decoder,
    ParkedSubjects parked,
    StreamMetrics metrics,
    TimeProvider time,
    TimeSpan lease
)
{
    private static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many times rarer XAUTOCLAIM is where reads claim: it then only finds pending entries whose data is gone.
    /// </summary>
    private const int RarerClaims = 10;

    // An entry is leased from the moment of its delivery, which may be as late as the end of the block; counted from
    // its begin, a quarter of the lease may have passed, before the third at which it is renewed.
    private readonly TimeSpan _block = lease / 4 < LongestBlock ? lease / 4 : LongestBlock;
    private bool _claims;

    /// <summary>How often the pending list must be searched for what other consumers left.</summary>
    public TimeSpan ClaimInterval => _claims ? lease / 6 * RarerClaims : lease / 6;

    /// <summary>Finds out how the server can read. After a reconnect it may be another one.</summary>
    public async Task ChooseAsync(CancellationToken cancellationToken) =>
        _claims = (await server.GetAsync(cancellationToken).ConfigureAwait(false)).HasClaim;

    /// <summary>
    /// Reads up to <paramref name="count"/> entries: with CLAIM those that no consumer has renewed for the lease, then
    /// those that no consumer has seen.
    /// </summary>
    /// <returns>The entries; none if nothing came in time, or on a stop.</returns>
    public async Task<IReadOnlyList<InFlightMessage>> ReadAsync(int count, CancellationToken stop)
    {
        var begin = time.GetUtcNow();
        var asked = time.GetTimestamp();
        object[] claim = _claims ? ["CLAIM", (long)lease.TotalMilliseconds] : [];
        object[] arguments =
        [
            "GROUP",
            identity.Group,
            identity.Consumer,
            "COUNT",
            count,
            "BLOCK",
            (long)_block.TotalMilliseconds,
            .. claim,
            "STREAMS",
            (RedisKey)identity.Keys.Stream,
            ">",
        ];
        IReadOnlyList<RawEntry> entries;
        bool anyParked;
        var mark = parked.Mark;
        try
        {
            (var reply, anyParked) = await connection
                .ReadAsync("XREADGROUP", arguments, parked.Key, _block, stop)
                .ConfigureAwait(false);
            entries = RedisReply.ReadEntries(reply);
        }
        catch (Exception exception) when (ServerTier.IsUnknown(exception))
        {
            // Another server than the one that was asked; the next preparation asks this one.
            server.Forget();
            throw;
        }

        if (entries.Count == 0)
        {
            return [];
        }

        InFlightMessage[] fetched =
        [
            .. entries.Select(entry => new InFlightMessage(entry, decoder.Decode(entry), asked)),
        ];
        var claimed = entries.Count(entry => entry.Deliveries > 1);
        Record(fetched, claimed, begin, time.GetElapsedTime(asked));
        await parked.LearnAsync(fetched, anyParked, mark, stop).ConfigureAwait(false);
        return fetched;
    }

    private void Record(InFlightMessage[] fetched, int claimed, DateTimeOffset begin, TimeSpan duration)
    {
        metrics.Received(identity.Group, fetched.Length, duration);
        if (claimed > 0)
        {
            metrics.Claimed(identity.Group, claimed);
        }

        StreamTelemetry.RecordReceive(
            identity.Stream,
            identity.Group,
            identity.Consumer,
            begin,
            () =>
                fetched
                    .Select(held => held.Decoded.Message is { } message ? StreamTelemetry.SendContext(message) : null)
                    .OfType<System.Diagnostics.ActivityContext>(),
            fetched.Length
        );
    }
}
