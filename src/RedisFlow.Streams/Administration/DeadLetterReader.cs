using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using StackExchange.Redis;

namespace RedisFlow.Streams.Administration;

/// <summary>Reads and decodes dead letters.</summary>
internal sealed class DeadLetterReader(SharedRedis redis, [FromKeyedServices] StreamContext stream)
{
    private const int MostPerPage = 1000;

    public async Task<IReadOnlyList<DeadLetterEntry>> PageAsync(
        MessagePosition? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostPerPage);
        return await RangeAsync(after is null ? "-" : $"({after}", "+", count, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The letter at the position; <c>null</c> if there is no letter.</summary>
    public async Task<DeadLetterEntry?> FindAsync(MessagePosition position, CancellationToken cancellationToken) =>
        await RangeAsync(position.ToString(), position.ToString(), 1, cancellationToken).ConfigureAwait(false)
            is [var letter]
            ? letter
            : null;

    /// <summary>The newest letter's position; <c>null</c> if there is no letter.</summary>
    public async Task<MessagePosition?> LastAsync(CancellationToken cancellationToken)
    {
        var entries = await redis
            .SendAsync(
                database =>
                    database.StreamRangeAsync(
                        stream.Keys.Dead,
                        "-",
                        "+",
                        count: 1,
                        Order.Descending,
                        CommandFlags.DemandMaster
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return entries is [var last] ? RedisReply.Position(last.Id) : null;
    }

    /// <summary>Letters from one position to another, in the form of XRANGE.</summary>
    public async Task<IReadOnlyList<DeadLetterEntry>> RangeAsync(
        string from,
        string to,
        int count,
        CancellationToken cancellationToken
    )
    {
        var entries = await redis
            .SendAsync(
                database =>
                    database.StreamRangeAsync(stream.Keys.Dead, from, to, count, flags: CommandFlags.DemandMaster),
                cancellationToken
            )
            .ConfigureAwait(false);
        return Array.ConvertAll(entries, Decode);
    }

    private static DeadLetterEntry Decode(StreamEntry entry)
    {
        var data = (byte[]?)entry[RawEntry.DataField] ?? [];
        return new DeadLetterEntry(
            RedisReply.Position(entry.Id),
            Field("group"),
            Field("reason"),
            Field("error"),
            long.TryParse(Field("attempts"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempts)
                ? attempts
                : 0,
            MessagePosition.TryParse(Field("position"), out var position) ? position : null,
            Field("consumer"),
            Envelope(data),
            data
        );

        string Field(string name) => (string?)entry[name] ?? "";
    }

    private static StreamMessage? Envelope(byte[] data)
    {
        if (data.Length == 0)
        {
            return null;
        }

        try
        {
            return StreamMessage.Parser.ParseFrom(data);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
