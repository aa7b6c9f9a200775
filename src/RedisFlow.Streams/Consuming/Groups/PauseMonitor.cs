using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Groups;

/// <summary>Pauses the worker while an operator has paused its group; see <see cref="StreamKeys.Paused"/>.</summary>
internal sealed class PauseMonitor(
    ConsumerIdentity identity,
    SharedRedis redis,
    IReadOnlyList<ConsumerStateMachine> cores,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private bool _paused;

    /// <summary>Looks once, so that a worker of a paused group does not begin with a read.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        Become(
            await redis
                .SendAsync(
                    database =>
                        database.HashExistsAsync(identity.Keys.Paused, identity.Group, CommandFlags.DemandMaster),
                    stop
                )
                .ConfigureAwait(false)
        );
    }

    /// <summary>
    /// Looks from time to time. While Redis does not answer, the state stays as it was: nothing could be read anyway.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stop).ConfigureAwait(false);
                await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // It looks again, and the log has the reason.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.PauseUnknown(exception, identity.Stream, identity.Group);
                await Task.Delay(Interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Become(bool paused)
    {
        lock (_lock)
        {
            if (paused && !_paused)
            {
                foreach (var core in cores)
                {
                    core.Pause();
                }

                logger.Paused(identity.Stream, identity.Group);
            }
            else if (!paused && _paused)
            {
                foreach (var core in cores)
                {
                    core.Resume();
                }

                logger.Resumed(identity.Stream, identity.Group);
            }

            _paused = paused;
        }
    }
}
