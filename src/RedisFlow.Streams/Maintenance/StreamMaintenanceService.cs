using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Administration;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;
using RedisFlow.Streams.Trimming;

namespace RedisFlow.Streams.Maintenance;

/// <summary>
/// Keeps a stream that this instance consumes small: trims it, and removes consumers that are long gone. Every instance
/// does so, at times of its own; what one has done, the others find done.
/// </summary>
internal sealed class StreamMaintenanceService(
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] StreamTrimmer trimmer,
    [FromKeyedServices] ConsumerMaintenance consumers,
    IEnumerable<ConsumerRegistration> registrations,
    MaintenanceInstruments instruments,
    TimeProvider time,
    ILogger<StreamMaintenanceService> logger
) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!registrations.Any(registration => registration.StreamKey == stream.Key))
        {
            return;
        }

        var interval = stream.Options.TrimInterval;
        while (!stoppingToken.IsCancellationRequested)
        {
            // Instances that start together must not come together for ever. Jitter needs no cryptographic randomness.
#pragma warning disable CA5394
            await Task.Delay(interval * (0.75 + (Random.Shared.NextDouble() / 2)), time, stoppingToken)
                .ConfigureAwait(false);
#pragma warning restore CA5394
            try
            {
                await trimmer.TrimAsync(stoppingToken).ConfigureAwait(false);
                instruments.ConsumersRemoved(
                    stream.Name,
                    await consumers
                        .RemoveIdleAsync(stream.Options.IdleConsumerRetention, stoppingToken)
                        .ConfigureAwait(false)
                );
            }
            // Maintenance must not stop the application; the next time may succeed, and the log has the reason.
#pragma warning disable CA1031
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                logger.MaintenanceFailed(exception, stream.Name, interval);
            }
        }
    }
}
