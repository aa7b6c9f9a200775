using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using StackExchange.Redis;

namespace RedisFlow.Streams.Administration;

/// <summary>Reads and decodes entries of the stream, without a group.</summary>
internal sealed class MessageReader(SharedRedis redis, [FromKeyedServices] StreamContext stream, TypeRegistry types)
{
    private const int MostPerPage = 1000;

    private readonly MessageDecoder _decoder = new(types);

    public Task<IReadOnlyList<StoredMessage>> PageAsync(
        MessagePosition? after,
        int count,
        CancellationToken cancellationToken
    ) => ReadAsync(Order.Ascending, after is null ? "-" : $"({after}", count, cancellationToken);

    public async Task<IReadOnlyList<StoredMessage>> LatestAsync(int count, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(Order.Descending, "-", count, cancellationToken).ConfigureAwait(false)).Reverse()];

    private async Task<IReadOnlyList<StoredMessage>> ReadAsync(
        Order order,
        string from,
        int count,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostPerPage);
        var entries = await redis
            .SendAsync(
                database =>
                    database.StreamRangeAsync(stream.Keys.Stream, from, "+", count, order, CommandFlags.DemandMaster),
                cancellationToken
            )
            .ConfigureAwait(false);
        return Array.ConvertAll(entries, entry => Decode(RawEntry.From(entry)));
    }

    private StoredMessage Decode(RawEntry entry)
    {
        var decoded = _decoder.Decode(entry);
        return new StoredMessage(
            entry.Position,
            decoded.Message,
            decoded.Payload,
            decoded.Reason,
            decoded.Error,
            entry.Data ?? []
        );
    }
}
