using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming.Settling;

/// <summary>Gives messages up: tells those who want to know, then moves them to the dead letters.</summary>
internal sealed class DeadLetterWriter(
    ConsumerIdentity identity,
    ConsumerRegistration registration,
    LossTeller teller,
    ConsumerStateMachine core,
    Acknowledger acknowledger,
    StreamMetrics metrics,
    ILogger logger
)
{
    /// <summary>
    /// Tells the dead-letter handlers, then moves the entry. In this order, so that no crash in between hides the loss
    /// from them. An entry without data leaves nothing to move.
    /// </summary>
    /// <exception cref="OperationCanceledException">The worker stops; the entry stays pending.</exception>
    public async Task GiveUpAsync(
        InFlightMessage held,
        string reason,
        string error,
        StreamDelivery? delivery,
        CancellationToken stop,
        CancellationToken lost
    )
    {
        // An entry that has left the pending list goes to no other consumer, and would not come again.
        var end = held.IsPending ? lost : stop;
        var deadLetter = new StreamDeadLetter(held.Origin, identity.Group, reason, error, delivery)
        {
            Message = held.Decoded.Message,
        };
        await teller
            .TellAsync(
                held.Origin,
                (services, cancellation) => registration.HandleAsync(services, deadLetter, cancellation),
                stop,
                end
            )
            .ConfigureAwait(false);
        if (reason == DeadLetterReason.Lost)
        {
            logger.Lost(identity.Stream, identity.Group, held.Origin);
            metrics.Lost(identity.Group, 1);
            core.Succeeded(held, ranHandlers: false);
        }
        else if (
            await acknowledger.DeadLetterAsync(held.Entry, reason, error, held.DeliveryCount).ConfigureAwait(false)
        )
        {
            core.Settled(held);
        }
        else
        {
            core.Abandoned(held, held.Begins);
        }
    }
}
