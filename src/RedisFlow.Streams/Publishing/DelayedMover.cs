using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Publishing;

/// <summary>
/// Publishes delayed messages when they are due. Every application with the stream does, without a lock: the first to
/// find a due message moves it, in one step.
/// </summary>
internal sealed class DelayedMover(
    [FromKeyedServices] DelayedMessages delayed,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] StreamMetrics metrics,
    TimeProvider time,
    ILogger<DelayedMover> logger
) : BackgroundService
{
    /// <summary>
    /// How long it sleeps at most, since others may add a message that is due earlier than all it knows.
    /// </summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    /// <summary>How long it sleeps at least: Redis counts in milliseconds.</summary>
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = await MoveAsync(stoppingToken).ConfigureAwait(false);
                backoff.Reset();
                if (next > TimeSpan.Zero)
                {
                    await Task.Delay(next, time, stoppingToken).ConfigureAwait(false);
                }
            }
            // Whatever it is: the messages still wait in Redis, and it tries again; the log has the reason.
#pragma warning disable CA1031
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                logger.MoveDueFailed(exception, stream.Name);
                await backoff.DelayAsync(stoppingToken).ConfigureAwait(false);
            }
        }
    }

    /// <returns>How long to sleep.</returns>
    private async Task<TimeSpan> MoveAsync(CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var moved = await delayed.MoveDueAsync(cancellationToken).ConfigureAwait(false);
        if (moved.Count > 0)
        {
            metrics.Sent(time.GetElapsedTime(begin), count: moved.Count);
        }

        foreach (var id in moved.Lost)
        {
            logger.DelayedLost(stream.Name, id);
        }

        return moved.NextIn switch
        {
            null => LongestSleep,
            { } next when next == TimeSpan.Zero => TimeSpan.Zero,
            { } next when next < ShortestSleep => ShortestSleep,
            { } next when next > LongestSleep => LongestSleep,
            { } next => next,
        };
    }
}
