using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming;

/// <summary>The reading side of a worker, until its stop. No fault ends it.</summary>
internal sealed class ConsumerLoop(
    ConsumerIdentity identity,
    ReaderSchedule schedule,
    GroupKeeper group,
    PendingReplay replay,
    PendingClaimer claimer,
    GroupReader reader,
    PauseWatch pause,
    ConsumerCore core,
    RoomGate room,
    TimeProvider time,
    ILogger logger)
{
    private readonly Backoff _backoff = new(time);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                try
                {
                    var step = schedule.Next();
                    await RunAsync(step, stop);
                    schedule.Done(step);
                    if (step == ReaderStep.Read)
                    {
                        _backoff.Reset();
                    }
                }
                catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
                {
                    group.MarkMissing();
                    schedule.Failed();
                    await _backoff.DelayAsync(stop);
                }
#pragma warning disable CA1031 // Whatever it is, a worker that ends would lose more than one that tries again; the log has it.
                catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    logger.ReadFailed(exception, identity.Stream, identity.Group);
                    schedule.Failed();
                    await _backoff.DelayAsync(stop);
                }
            }
            catch (Exception exception) when (stop.IsCancellationRequested)
            {
                if (exception is not OperationCanceledException)
                {
                    logger.ReadFailed(exception, identity.Stream, identity.Group);
                }
            }
        }
    }

    private async Task RunAsync(ReaderStep step, CancellationToken stop)
    {
        switch (step)
        {
            case ReaderStep.Prepare:
                await group.EnsureAsync(stop);
                await pause.LookAsync(stop);
                await reader.ChooseAsync(stop);
                schedule.ClaimInterval = reader.ClaimInterval;
                break;
            case ReaderStep.Replay:
                await replay.RunAsync(countDelivery: schedule.IsFirstReplay, stop);
                break;
            case ReaderStep.Claim:
                await claimer.RunAsync(stop);
                await group.ObserveAsync(stop);
                break;
            case ReaderStep.Read:
                core.Accept(await reader.ReadAsync(await room.WaitAsync(stop), stop));
                break;
        }
    }
}
