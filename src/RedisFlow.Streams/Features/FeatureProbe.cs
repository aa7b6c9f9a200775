using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Servers;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Features;

/// <summary>Finds out what the server can do.</summary>
internal sealed class FeatureProbe(SharedRedis redis, IEnumerable<StreamContext> streams)
{
    /// <summary>
    /// Asks the server that has the first stream: in a cluster, another one may be of another version. The answer
    /// holds until a reconnect, which may lead to another server.
    /// </summary>
    public async Task<ServerFeatures> ProbeAsync(CancellationToken cancellationToken)
    {
        var reply = RedisReply.Items(
            await redis
                .RunAsync(
                    StreamScripts.Features,
                    [streams.First().Keys.Stream],
                    [.. ServerFeatures.AckDelCommands],
                    cancellationToken
                )
                .ConfigureAwait(false)
        );
        return ServerFeatures.Of(
            ToVersion(RedisReply.Integer(reply[0])),
            RedisReply.Integer(reply[1]) == ServerFeatures.AckDelCommands.Count
        ) with
        {
            HasStreams = RedisReply.Integer(reply[2]) == 1,
            Product = ServerProduct.Of((string?)reply[3] ?? ""),
        };
    }

    private static Version ToVersion(long number) =>
        new((int)(number >> 16), (int)(number >> 8 & 0xff), (int)(number & 0xff));
}
