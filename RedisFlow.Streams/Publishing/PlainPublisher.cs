using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Configuration;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using StackExchange.Redis;

namespace RedisFlow.Streams.Publishing;

/// <summary>Publishes a message without an id: by XADD, or, where it is announced too, by a script.</summary>
internal sealed class PlainPublisher(SharedRedis redis, [FromKeyedServices] StreamContext stream)
{
    private readonly StreamKeys _keys = stream.Keys;

    /// <summary>Publishes.</summary>
    public async Task<MessagePosition> PublishAsync(byte[] data, CancellationToken cancellationToken) => RedisReply.Position(await (stream.IsAnnounced
        ? redis.RunAsync(AppendScript.Script, [_keys.Stream], [stream.Channel, data], cancellationToken)
        : redis.ExecuteAsync("XADD", Add(data), cancellationToken)));

    /// <summary>Adds the publish to a transaction, before this returns its task.</summary>
    public async Task<MessagePosition> EnlistAsync(ITransaction transaction, byte[] data) => RedisReply.Position(await (stream.IsAnnounced
        ? AppendScript.Script.RunInFullAsync(transaction, [_keys.Stream], [stream.Channel, data])
        : transaction.ExecuteAsync("XADD", Add(data))));

    private object[] Add(byte[] data) => [(RedisKey)_keys.Stream, "*", "data", data];
}
