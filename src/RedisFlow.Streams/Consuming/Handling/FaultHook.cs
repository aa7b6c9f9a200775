using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Handling;

/// <summary>
/// Holds messages before their handlers, so that a test can end the process while it owns them. See
/// <see cref="StreamFaultOptions"/>.
/// </summary>
internal sealed class FaultHook(
    ConsumerIdentity identity,
    StreamFaultOptions options,
    SharedRedis redis,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns at once unless the message is to be held; then when the key that holds it is gone.</summary>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task HoldAsync(MessagePosition position, string subject, CancellationToken stop)
    {
        if (!options.Enabled || !await IsHeldAsync(subject, stop).ConfigureAwait(false))
        {
            return;
        }

        logger.InFlightMessage(identity.Group, position, subject);
        do
        {
            await Task.Delay(Pause, time, stop).ConfigureAwait(false);
        } while (await IsHeldAsync(subject, stop).ConfigureAwait(false));
    }

    private async Task<bool> IsHeldAsync(string subject, CancellationToken stop)
    {
        var prefix = (string?)
            await redis
                .SendAsync(
                    database => database.StringGetAsync(identity.Keys.Hold(identity.Group), CommandFlags.DemandMaster),
                    stop
                )
                .ConfigureAwait(false);
        return prefix is not null && subject.StartsWith(prefix, StringComparison.Ordinal);
    }
}
