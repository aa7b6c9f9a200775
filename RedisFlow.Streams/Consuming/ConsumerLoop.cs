using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming;

/// <summary>The reading side of a worker, until its stop. No fault ends it.</summary>
internal sealed class ConsumerLoop(
    ConsumerIdentity identity,
    GroupKeeper group,
    PendingReplay replay,
    PendingClaimer claimer,
    GroupReader reader,
    Dispatcher dispatcher,
    TimeSpan claimInterval,
    TimeProvider time,
    ILogger logger)
{
    private readonly Backoff _backoff = new(time);
    private bool _started;
    private bool _replayDue = true;
    private long? _claimed;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                try
                {
                    await StepAsync(stop);
                    _backoff.Reset();
                }
                catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
                {
                    group.MarkMissing();
                    _replayDue = true;
                    await _backoff.DelayAsync(stop);
                }
#pragma warning disable CA1031 // Whatever it is, a worker that ends would lose more than one that tries again; the log has it.
                catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    // The read may have been delivered on the server although its reply is lost.
                    logger.ReadFailed(exception, identity.Stream, identity.Group);
                    _replayDue = true;
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

    private async Task StepAsync(CancellationToken stop)
    {
        await group.EnsureAsync(stop);
        if (_replayDue)
        {
            await replay.RunAsync(countDelivery: !_started, stop);
            _replayDue = false;
            _started = true;
        }

        if (_claimed is null || time.GetElapsedTime(_claimed.Value) >= claimInterval)
        {
            await claimer.RunAsync(stop);
            await group.ObserveAsync(stop);
            _claimed = time.GetTimestamp();
        }

        var slots = await dispatcher.AcquireAsync(int.MaxValue, stop);
        var used = 0;
        try
        {
            foreach (var entry in await reader.ReadNewAsync(slots, stop))
            {
                used += dispatcher.Dispatch(new PendingEntry(entry, DeliveryCount: 1)) ? 1 : 0;
            }
        }
        finally
        {
            dispatcher.Release(slots - used);
        }
    }
}
