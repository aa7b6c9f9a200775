using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming.Settling;

/// <summary>
/// Parks messages whose type this build does not know, for a build of the group that does; and, so that those of a
/// subject stay in order, later ones of their subjects.
/// </summary>
internal sealed class ParkedMessageWriter(
    ConsumerIdentity identity,
    ConsumerRegistration registration,
    ParkedSubjects subjects,
    LossTeller teller,
    ConsumerStateMachine core,
    Acknowledger acknowledger,
    ILogger logger
)
{
    // For the log: once for each that this worker meets.
    private readonly ConcurrentDictionary<string, bool> _unknown = new(StringComparer.Ordinal);

    /// <summary>Whether the message may have to wait behind parked ones of its subject.</summary>
    public bool MayWait(InFlightMessage held) => subjects.Contains(held.Subject);

    /// <summary>
    /// Tells those who want to know, then parks the message. In this order, since the group counts as having settled
    /// it.
    /// </summary>
    /// <param name="held">The message.</param>
    /// <param name="delivery">The message for handlers; <c>null</c> if its type is not known.</param>
    /// <param name="stop">The worker stops.</param>
    /// <param name="lost">The worker no longer owns the message, or does not wait for its handlers any longer.</param>
    /// <returns>Whether the message came to its end here; else nothing of its subject is parked, and it is to be
    /// handled.</returns>
    /// <exception cref="OperationCanceledException">The worker stops; the entry stays pending.</exception>
    public async Task<bool> ParkAsync(
        InFlightMessage held,
        StreamDelivery? delivery,
        CancellationToken stop,
        CancellationToken lost
    )
    {
        if (held.Decoded.WaitsFor is { } waitsFor && _unknown.TryAdd(waitsFor, true))
        {
            logger.ParkingBegins(identity.Stream, identity.Group, waitsFor);
        }

        var parked = new StreamParkedMessage(held.Position, identity.Group, held.Decoded.Message!, delivery);
        await teller
            .TellAsync(
                held.Position,
                (services, cancellation) => registration.HandleAsync(services, parked, cancellation),
                stop,
                lost
            )
            .ConfigureAwait(false);

        var mark = subjects.Mark;
        switch (await acknowledger.ParkAsync(held).ConfigureAwait(false))
        {
            case null:
                core.Abandoned(held, held.Begins);
                return true;

            case false:
                subjects.Remove(held.Subject!, mark);
                return false;

            default:
                // Before the next message of the subject may begin.
                if (held.Subject is { } subject)
                {
                    subjects.Add(subject);
                }

                core.Settled(held);
                return true;
        }
    }
}
