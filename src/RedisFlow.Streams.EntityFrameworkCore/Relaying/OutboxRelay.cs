using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Telemetry;

namespace RedisFlow.Streams.EntityFrameworkCore.Relaying;

/// <summary>
/// Publishes what the processes that committed it did not publish: because Redis was away, or because they ended. One
/// instance does it at a time, the others are ready to take over.
/// </summary>
internal sealed class OutboxRelay<TContext>(
    IServiceScopeFactory scopes,
    RelayStore<TContext> store,
    EventSweep<TContext> sweep,
    IOptions<OutboxOptions> options,
    DatabaseMetrics metrics,
    TimeProvider time,
    ILogger<OutboxRelay<TContext>> logger
) : BackgroundService
    where TContext : DbContext
{
    private static readonly string Context = typeof(TContext).Name;

    private readonly OutboxOptions _options = options.Value;
    private long? _fence;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            // A relay that ends leaves events unpublished for good; it tries again, and the log has the reason.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.RelayFailed(exception, Context);
                await Task.Delay(_options.PollInterval, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Sweeps, and waits until there may be more, until the database fails.</summary>
    private async Task RunAsync(CancellationToken stop)
    {
        var wakeUps = await WakeUps<TContext>.ListenAsync(scopes, stop).ConfigureAwait(false);
        await using var listening = wakeUps.ConfigureAwait(false);
        while (true)
        {
            await SweepAsync(stop).ConfigureAwait(false);
            await wakeUps.WaitAsync(_options.PollInterval, stop).ConfigureAwait(false);
        }
    }

    private async Task SweepAsync(CancellationToken stop)
    {
        var scope = scopes.CreateAsyncScope();
        await using var disposed = scope.ConfigureAwait(false);
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        var held = await HoldLeaseAsync(db, stop).ConfigureAwait(false);

        // Once, not with each batch: it looks at all that is left. Before the attempt: where Redis is away, what waits
        // for it is what one wants to know.
        metrics.Pending(typeof(TContext), held is null ? null : await sweep.CountAsync(db, stop).ConfigureAwait(false));
        while (held is { } fence)
        {
            var count = await sweep.PublishAsync(db, fence, stop).ConfigureAwait(false);
            if (count > 0)
            {
                logger.Relayed(Context, count);
            }

            if (count < _options.BatchSize)
            {
                await store.RemoveOldAsync(db, stop).ConfigureAwait(false);
                return;
            }

            held = await HoldLeaseAsync(db, stop).ConfigureAwait(false);
        }
    }

    private async Task<long?> HoldLeaseAsync(TContext db, CancellationToken stop)
    {
        var fence = await store.HoldLeaseAsync(db, stop).ConfigureAwait(false);
        if (fence is { } held && fence != _fence)
        {
            logger.RelayStarted(Context, store.Owner, held);
        }

        return _fence = fence;
    }

    /// <summary>Lets the next instance take over at once. If that fails, it does when the lease ends.</summary>
    private async Task ReleaseAsync()
    {
        if (_fence is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(_options.PublishTimeout, time);
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using var disposed = scope.ConfigureAwait(false);
            await store
                .ReleaseLeaseAsync(scope.ServiceProvider.GetRequiredService<TContext>(), limit.Token)
                .ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The application ends, and the lease by itself.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.RelayFailed(exception, Context);
        }
    }
}
