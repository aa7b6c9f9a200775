using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.EntityFrameworkCore.Telemetry;

namespace RedisFlow.Streams.EntityFrameworkCore.Receiving;

/// <summary>
/// Keeps the inbox small: by what the groups have settled, since age alone says nothing about what may come again.
/// </summary>
internal sealed class InboxCleaner<TContext>(
    IServiceScopeFactory scopes,
    IServiceProvider services,
    Inbox<TContext> inbox,
    InboxGroups<TContext> groups,
    IOptions<InboxOptions> options,
    TimeProvider time,
    ILogger<InboxCleaner<TContext>> logger
) : BackgroundService
    where TContext : DbContext
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CleanupInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            foreach (var stream in groups.ByStream)
            {
                await CleanUpAsync(stream.Key, stream, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CleanUpAsync(string streamKey, IEnumerable<string> ofStream, CancellationToken stop)
    {
        try
        {
            var snapshot = await services
                .GetRequiredKeyedService<IStreamMonitor>(streamKey)
                .GetSnapshotAsync(stop)
                .ConfigureAwait(false);
            var scope = scopes.CreateAsyncScope();
            await using var disposed = scope.ConfigureAwait(false);
            var db = scope.ServiceProvider.GetRequiredService<TContext>();

            // What is parked is acknowledged, and not handled yet: it comes again from its old position.
            foreach (var group in snapshot.Groups.Where(group => ofStream.Contains(group.Name) && group.Parked == 0))
            {
                await inbox
                    .CleanUpAsync(db, snapshot.Stream, group.Name, group.Settled, snapshot.LastPosition, stop)
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A table that grows meanwhile does no harm; the log has the reason.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.InboxCleanupFailed(exception, typeof(TContext).Name);
        }
    }
}
