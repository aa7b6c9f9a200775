using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Integration.Holds;

/// <summary>
/// Holds every message of its group before the service's own handlers while a key exists, so that a test can end the
/// process while it owns unacknowledged messages.
/// </summary>
internal sealed class HoldingHandler(IConnectionMultiplexer redis) : IStreamMessageHandler
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        while (
            await redis.GetDatabase().KeyExistsAsync(HoldingStartup.KeyOf(delivery.Group), CommandFlags.DemandMaster)
        )
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
