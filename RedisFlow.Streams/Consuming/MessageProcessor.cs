using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming;

/// <summary>Brings one message to its end: handled and acknowledged, dead-lettered, or left pending at a stop.</summary>
internal sealed class MessageProcessor(
    ConsumerIdentity identity,
    ConsumerRegistration registration,
    StreamOptions options,
    PendingList pending,
    Settler settler,
    InFlight inFlight,
    FaultHook faults,
    IServiceScopeFactory scopes,
    StreamMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    private const int LongestError = 500;

    /// <summary>
    /// A delivery that ends with its process has no outcome, and most such ends have nothing to do with the message: it is given up
    /// only after this many times <see cref="StreamOptions.MaxDeliveries"/>.
    /// </summary>
    private const int DeliveriesWithoutOutcome = 3;

    /// <summary>Processes the message.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="decoded">What it contains.</param>
    /// <param name="stop">The worker stops: begin nothing, retry nothing.</param>
    /// <param name="cancel">The worker does not wait for handlers any longer.</param>
    public async Task ProcessAsync(PendingEntry entry, DecodedEntry decoded, CancellationToken stop, CancellationToken cancel)
    {
        try
        {
            await EndAsync(entry, decoded, stop, cancel);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stays pending: replayed at the next start, or taken over by another consumer.
        }
#pragma warning disable CA1031 // Nobody awaits a message; what is unforeseen must not stop the messages behind it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Stays pending, and free to be taken again after the lease.
            logger.SettleFailed(exception, identity.Stream, identity.Group, 1);
            inFlight.Remove(entry.Entry.Position);
        }
    }

    private async Task EndAsync(PendingEntry entry, DecodedEntry decoded, CancellationToken stop, CancellationToken cancel)
    {
        if (decoded.Reason == DeadLetterReason.Lost)
        {
            await TellUntilHeardAsync(new StreamDeadLetter(entry.Entry.Position, identity.Group, decoded.Reason, decoded.Error!, null), stop, cancel);
            logger.Lost(identity.Stream, identity.Group, entry.Entry.Position);
            metrics.Lost(identity.Group, 1);
            await settler.AcknowledgeAsync(entry.Entry.Position);
            return;
        }

        if (decoded.Reason is not null)
        {
            await GiveUpAsync(entry, decoded.Reason, decoded.Error!, null, stop, cancel);
            return;
        }

        var target = decoded.Message!.TargetApplication;
        if (target.Length > 0 && target != identity.Group)
        {
            await settler.AcknowledgeAsync(entry.Entry.Position);
            return;
        }

        if (entry.DeliveryCount > DeliveriesWithoutOutcome * options.MaxDeliveries)
        {
            var error = $"It was delivered {entry.DeliveryCount - 1} times without an outcome; the process may have ended because of it.";
            await GiveUpAsync(entry, DeadLetterReason.HandlerFailed, error, DeliveryOf(entry, decoded), stop, cancel);
            return;
        }

        while (await AttemptAsync(entry, decoded, stop, cancel) is { } failure)
        {
            await Task.Delay(options.RetryDelay, time, stop);

            // Also where it costs no attempt: it renews the lease, and says whether another consumer has taken the message over.
            if (await RetakeAsync(entry.Entry.Position, countDelivery: !IsInfrastructure(failure), stop) is not { } again)
            {
                inFlight.Remove(entry.Entry.Position);
                return;
            }

            entry = again;
        }
    }

    /// <summary>Handles the message once, and settles it unless it is to be tried again.</summary>
    /// <returns>Why it is to be tried again; <c>null</c> if it is settled.</returns>
    private async Task<Exception?> AttemptAsync(PendingEntry entry, DecodedEntry decoded, CancellationToken stop, CancellationToken cancel)
    {
        var position = entry.Entry.Position;
        var message = decoded.Message!;
        using var activity = StreamTelemetry.StartProcess(identity.Stream, identity.Group, identity.Consumer, position, message);
        var delivery = DeliveryOf(entry, decoded);
        var begin = time.GetTimestamp();
        try
        {
            stop.ThrowIfCancellationRequested();
            await faults.HoldAsync(position, message.Subject, stop);
            await using var scope = scopes.CreateAsyncScope();
            await registration.HandleAsync(scope.ServiceProvider, delivery, cancel);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A handler may throw anything; each exception leads to a retry or a dead letter, and is recorded.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            activity.Fail(exception);
            metrics.Processed(identity.Group, time.GetElapsedTime(begin), exception);
            return await FailedAsync(entry, delivery, exception, stop, cancel);
        }

        metrics.Processed(identity.Group, time.GetElapsedTime(begin));
        await settler.AcknowledgeAsync(position);
        return null;
    }

    private async Task<Exception?> FailedAsync(
        PendingEntry entry, StreamDelivery delivery, Exception exception, CancellationToken stop, CancellationToken cancel)
    {
        var subject = delivery.Message.Subject;
        if (IsInfrastructure(exception))
        {
            logger.HandlerMetFault(exception, identity.Group, entry.Entry.Position, subject);
            return exception;
        }

        logger.HandlerFailed(exception, identity.Group, entry.Entry.Position, subject, entry.DeliveryCount);
        if (entry.DeliveryCount < options.MaxDeliveries)
        {
            metrics.Retried(identity.Group);
            return exception;
        }

        var error = $"{exception.GetType().Name}: {exception.Message}";
        error = error.Length > LongestError ? error[..LongestError] : error;
        await GiveUpAsync(entry, DeadLetterReason.HandlerFailed, error, delivery, stop, cancel);
        return null;
    }

    /// <summary>Tells the dead-letter handlers, then moves the entry. In this order, so that no crash in between hides the loss from them.</summary>
    private async Task GiveUpAsync(
        PendingEntry entry, string reason, string error, StreamDelivery? delivery, CancellationToken stop, CancellationToken cancel)
    {
        await TellUntilHeardAsync(new StreamDeadLetter(entry.Entry.Position, identity.Group, reason, error, delivery), stop, cancel);
        await settler.DeadLetterAsync(entry.Entry, reason, error, entry.DeliveryCount);
    }

    private async Task TellUntilHeardAsync(StreamDeadLetter deadLetter, CancellationToken stop, CancellationToken cancel)
    {
        while (!await TryTellAsync(deadLetter, stop, cancel))
        {
            await Task.Delay(options.RetryDelay, time, stop);
        }
    }

    private async Task<bool> TryTellAsync(StreamDeadLetter deadLetter, CancellationToken stop, CancellationToken cancel)
    {
        try
        {
            stop.ThrowIfCancellationRequested();
            await using var scope = scopes.CreateAsyncScope();
            await registration.HandleAsync(scope.ServiceProvider, deadLetter, cancel);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A handler may throw anything; it is logged, and must not keep the message from the dead letters.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.DeadLetterHandlerFailed(exception, identity.Group, deadLetter.Position);
            return !IsInfrastructure(exception);
        }

        return true;
    }

    private bool IsInfrastructure(Exception exception) =>
        RedisFaults.IsInfrastructure(exception) || options.IsInfrastructureFault?.Invoke(exception) == true;

    private StreamDelivery DeliveryOf(PendingEntry entry, DecodedEntry decoded) =>
        new(entry.Entry.Position, decoded.Message!, decoded.Payload!, identity.Group, identity.Consumer, entry.DeliveryCount);

    /// <summary>Takes the message again, if it is still this consumer's.</summary>
    private async Task<PendingEntry?> RetakeAsync(StreamPosition position, bool countDelivery, CancellationToken stop)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                return await pending.TakeAsync([position], countDelivery, stop) is [var entry] ? entry : null;
            }
            catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
            {
                // The healed group delivers it again.
                return null;
            }
            catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
            {
                logger.ReadFailed(exception, identity.Stream, identity.Group);
                await backoff.DelayAsync(stop);
            }
        }
    }
}
