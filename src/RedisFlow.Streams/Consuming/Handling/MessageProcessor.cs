using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Settling;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming.Handling;

/// <summary>
/// Runs one message that was begun, and reports its outcome to the core. Without <c>parking</c>, a message of an
/// unknown type becomes a dead letter: it was parked for long enough.
/// </summary>
internal sealed class MessageProcessor(
    ConsumerIdentity identity,
    ConsumerRegistration registration,
    StreamOptions options,
    ConsumerStateMachine core,
    DeadLetterWriter deadLetters,
    ParkedMessageWriter? parking,
    IServiceScopeFactory scopes,
    StreamMetrics metrics,
    TimeProvider time,
    ILogger logger
)
{
    private const int LongestError = 500;

    /// <summary>
    /// A delivery that ends with its process has no outcome, and most such ends have nothing to do with the message: it
    /// becomes a dead letter only after this many times <see cref="StreamOptions.MaxDeliveries"/>.
    /// </summary>
    private const int DeliveriesWithoutOutcome = 3;

    /// <summary>Processes the message.</summary>
    /// <param name="held">The message.</param>
    /// <param name="stop">The worker stops.</param>
    /// <param name="lost">The worker no longer owns the message, or does not wait for its handlers any longer.</param>
    public async Task ProcessAsync(InFlightMessage held, CancellationToken stop, CancellationToken lost)
    {
        var run = held.Begins;
        try
        {
            await DispatchAsync(held, stop, lost).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stays pending: replayed at the next start, or taken over by another consumer. A loss that has left the
            // pending list is in the log only.
            core.Abandoned(held, run);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            // A dead-letter handler must know of the entry before the move, and does not know of it yet.
            core.Interrupted(held);
        }
#pragma warning disable CA1031 // No caller awaits a message; what is unforeseen must not stop the messages behind it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Stays pending, and free to be taken again after the lease.
            core.Abandoned(held, run);
            logger.SettleFailed(exception, identity.Stream, identity.Group, 1);
        }
    }

    private async Task DispatchAsync(InFlightMessage held, CancellationToken stop, CancellationToken lost)
    {
        var decoded = held.Decoded;
        var target = decoded.Message?.TargetApplication ?? "";
        if (target.Length > 0 && target != identity.Group)
        {
            // Not for this group, whatever it is.
            core.Succeeded(held, ranHandlers: false);
            return;
        }

        if (decoded is { Reason: DeadLetterReason.UnknownType, Message.Optional: true })
        {
            core.Succeeded(held, ranHandlers: false);
            return;
        }

        if (decoded.WaitsFor is not null && parking is not null)
        {
            await parking.ParkAsync(held, null, stop, lost).ConfigureAwait(false);
            return;
        }

        if (decoded.Reason is { } reason)
        {
            await deadLetters.GiveUpAsync(held, reason, decoded.Error!, null, stop, lost).ConfigureAwait(false);
            return;
        }

        if (held.DeliveryCount > DeliveriesWithoutOutcome * options.MaxDeliveries)
        {
            var error =
                $"It was delivered {held.DeliveryCount - 1} times without an outcome; the process may have ended "
                + "because of it.";
            await deadLetters
                .GiveUpAsync(held, DeadLetterReason.HandlerFailed, error, DeliveryOf(held), stop, lost)
                .ConfigureAwait(false);
            return;
        }

        if (
            parking?.MayWait(held) != true
            || !await parking.ParkAsync(held, DeliveryOf(held), stop, lost).ConfigureAwait(false)
        )
        {
            await HandleAsync(held, stop, lost).ConfigureAwait(false);
        }
    }

    private async Task HandleAsync(InFlightMessage held, CancellationToken stop, CancellationToken lost)
    {
        var message = held.Decoded.Message!;
        using var activity = StreamTelemetry.StartProcess(
            identity.Stream,
            identity.Group,
            identity.Consumer,
            held.Origin,
            message
        );
        var delivery = DeliveryOf(held);
        var begin = time.GetTimestamp();
        try
        {
            stop.ThrowIfCancellationRequested();
            using var logged = logger.Handling(identity.Stream, identity.Group, held.Origin, message.MessageId);
            var scope = scopes.CreateAsyncScope();
            await using var disposed = scope.ConfigureAwait(false);
            await registration.HandleAsync(scope.ServiceProvider, delivery, lost).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException exception) when (lost.IsCancellationRequested)
        {
            activity.Fail(exception);
            metrics.Processed(identity.Group, time.GetElapsedTime(begin), exception);
            logger.LeaseLost(identity.Group, held.Origin, message.Subject);
            core.Interrupted(held);
            return;
        }
        // A handler may throw anything; each exception leads to a retry or a dead letter, and is recorded.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            activity.Fail(exception);
            metrics.Processed(identity.Group, time.GetElapsedTime(begin), exception);
            await FailedAsync(held, delivery, exception, stop, lost).ConfigureAwait(false);
            return;
        }

        metrics.Processed(identity.Group, time.GetElapsedTime(begin));
        logger.Handled(identity.Group, held.Origin, message.Subject);
        core.Succeeded(held);
    }

    private async Task FailedAsync(
        InFlightMessage held,
        StreamDelivery delivery,
        Exception exception,
        CancellationToken stop,
        CancellationToken lost
    )
    {
        // Before the core decides: from then on the message may run again.
        var subject = delivery.Message.Subject;
        var isInfrastructure = options.IsInfrastructure(exception);
        if (isInfrastructure)
        {
            logger.HandlerMetFault(exception, identity.Group, held.Origin, subject);
        }
        else
        {
            logger.HandlerFailed(exception, identity.Group, held.Origin, subject, held.DeliveryCount);
        }

        switch (core.Failed(held, isInfrastructure, isPartial: exception is StreamPartialFaultException))
        {
            case Verdict.RetryAndCircuitOpened:
                logger.CircuitOpened(identity.Stream, identity.Group, options.CircuitBreakerThreshold);
                metrics.CircuitOpened(identity.Group);
                metrics.Retried(identity.Group);
                break;

            case Verdict.Retry:
                metrics.Retried(identity.Group);
                break;

            case Verdict.DeadLetter:
                var error = $"{exception.GetType().Name}: {exception.Message}";
                error = error.Length > LongestError ? error[..LongestError] : error;
                await deadLetters
                    .GiveUpAsync(held, DeadLetterReason.HandlerFailed, error, delivery, stop, lost)
                    .ConfigureAwait(false);
                break;
        }
    }

    private StreamDelivery DeliveryOf(InFlightMessage held) =>
        new(
            held.Origin,
            held.Decoded.Message!,
            held.Decoded.Payload!,
            identity.Group,
            identity.Consumer,
            held.DeliveryCount
        );
}
