using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using StackExchange.Redis;

namespace RedisFlow.Streams.Publishing;

/// <summary>Publishes a message without an id: by XADD, or by a script of the caller's.</summary>
internal sealed class PlainPublisher(IRedisSender redis, [FromKeyedServices] StreamContext stream)
{
    private readonly StreamKeys _keys = stream.Keys;

    /// <summary>Publishes.</summary>
    public async Task<MessagePosition> PublishAsync(byte[] data, CancellationToken cancellationToken) =>
        RedisReply.Position(
            await redis
                .SendAsync(database => AddAsync(database, data, redis.Flags), cancellationToken)
                .ConfigureAwait(false)
        );

    /// <summary>Publishes by a script of the caller's.</summary>
    /// <returns>What the script returned: the message's id and its result.</returns>
    public async Task<RedisResult[]> PublishAsync(
        PublishingScript script,
        byte[] data,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] all = [data, .. arguments];
        return RedisReply.Items(
            await redis.RunAsync(script.Script, [_keys.Stream, .. keys], all, cancellationToken).ConfigureAwait(false)
        );
    }

    /// <summary>Adds the publish to a transaction, before this returns its task.</summary>
    public async Task<MessagePosition> EnlistAsync(ITransaction transaction, byte[] data) =>
        RedisReply.Position(await AddAsync(transaction, data, CommandFlags.None).ConfigureAwait(false));

    private Task<RedisValue> AddAsync(IDatabaseAsync database, byte[] data, CommandFlags flags) =>
        database.StreamAddAsync(_keys.Stream, RawEntry.DataField, data, flags: flags);
}
