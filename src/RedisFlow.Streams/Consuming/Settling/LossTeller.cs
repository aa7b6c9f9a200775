using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming.Settling;

/// <summary>Tells handlers that a message is not handled, now or at all, until they have heard it.</summary>
internal sealed class LossTeller(
    ConsumerIdentity identity,
    StreamOptions options,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>
    /// Tells them, in a scope of its own. A fault of the infrastructure is waited out, any other exception is logged.
    /// </summary>
    /// <exception cref="OperationCanceledException">The worker stops, or no longer owns the message: they have not
    /// heard it.</exception>
    public async Task TellAsync(
        MessagePosition position,
        Func<IServiceProvider, CancellationToken, Task> tell,
        CancellationToken stop,
        CancellationToken lost
    )
    {
        var backoff = new Backoff(time);
        while (!await TryTellAsync(position, tell, stop, lost).ConfigureAwait(false))
        {
            await backoff.DelayAsync(stop).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryTellAsync(
        MessagePosition position,
        Func<IServiceProvider, CancellationToken, Task> tell,
        CancellationToken stop,
        CancellationToken lost
    )
    {
        try
        {
            stop.ThrowIfCancellationRequested();
            lost.ThrowIfCancellationRequested();
            var scope = scopes.CreateAsyncScope();
            await using var disposed = scope.ConfigureAwait(false);
            await tell(scope.ServiceProvider, lost).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || lost.IsCancellationRequested)
        {
            throw;
        }
        // A handler may throw anything; it is logged, and must not keep the message from where it goes.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LossHandlerFailed(exception, identity.Group, position);
            return !options.IsInfrastructure(exception);
        }

        return true;
    }
}
