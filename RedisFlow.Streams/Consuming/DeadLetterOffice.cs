using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming;

/// <summary>Gives messages up: tells those who want to know, then moves them to the dead letters.</summary>
internal sealed class DeadLetterOffice(
    ConsumerIdentity identity,
    ConsumerRegistration registration,
    StreamOptions options,
    ConsumerCore core,
    Settler settler,
    IServiceScopeFactory scopes,
    StreamMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// Tells the dead-letter handlers, then moves the entry. In this order, so that no crash in between hides the loss from them. An entry without
    /// data leaves nothing to move.
    /// </summary>
    /// <exception cref="OperationCanceledException">The worker stops; the entry stays pending.</exception>
    public async Task GiveUpAsync(Held held, string reason, string error, StreamDelivery? delivery, CancellationToken stop, CancellationToken lost)
    {
        await TellUntilHeardAsync(new StreamDeadLetter(held.Position, identity.Group, reason, error, delivery), stop, lost).ConfigureAwait(false);
        if (reason == DeadLetterReason.Lost)
        {
            logger.Lost(identity.Stream, identity.Group, held.Position);
            metrics.Lost(identity.Group, 1);
            core.Succeeded(held, ranHandlers: false);
        }
        else if (await settler.DeadLetterAsync(held.Entry, reason, error, held.DeliveryCount).ConfigureAwait(false))
        {
            core.Settled(held);
        }
        else
        {
            core.Abandoned(held, held.Begins);
        }
    }

    private async Task TellUntilHeardAsync(StreamDeadLetter deadLetter, CancellationToken stop, CancellationToken lost)
    {
        var backoff = new Backoff(time);
        while (!await TryTellAsync(deadLetter, stop, lost).ConfigureAwait(false))
        {
            await backoff.DelayAsync(stop).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryTellAsync(StreamDeadLetter deadLetter, CancellationToken stop, CancellationToken lost)
    {
        try
        {
            stop.ThrowIfCancellationRequested();
            var scope = scopes.CreateAsyncScope();
            await using var disposed = scope.ConfigureAwait(false);
            await registration.HandleAsync(scope.ServiceProvider, deadLetter, lost).ConfigureAwait(false);
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
            return !options.IsInfrastructure(exception);
        }

        return true;
    }
}
