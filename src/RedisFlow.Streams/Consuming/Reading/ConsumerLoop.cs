using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming.Reading;

/// <summary>The reading side of a worker, until its stop. No fault ends it.</summary>
internal sealed class ConsumerLoop(
    ConsumerIdentity identity,
    ReaderSchedule schedule,
    ConsumerGroupInitializer group,
    PendingReplay replay,
    PendingClaimer claimer,
    GroupReader reader,
    PauseMonitor pause,
    NameLease name,
    ConsumerStateMachine core,
    CapacityGate room,
    TimeProvider time,
    ILogger logger
)
{
    private readonly Backoff _backoff = new(time);
    private readonly ReadPace _pace = new(time);

    public async Task RunAsync(CancellationToken stop)
    {
        var term = CancellationToken.None;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var current = await name.WaitAsync().ConfigureAwait(false);
                if (current != term)
                {
                    // What was held under the name in another term is in the pending list.
                    schedule.Failed();
                    term = current;
                }

                try
                {
                    var step = schedule.Next();
                    await RunAsync(step, term).ConfigureAwait(false);
                    schedule.Done(step);
                    if (step == ReaderStep.Read)
                    {
                        _backoff.Reset();
                    }
                }
                catch (OperationCanceledException) when (term.IsCancellationRequested && !stop.IsCancellationRequested)
                {
                    // The name was lost; the next term begins with what is pending.
                }
                catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
                {
                    group.MarkMissing();
                    schedule.Failed();
                    await _backoff.DelayAsync(stop).ConfigureAwait(false);
                }
                // Whatever it is, a worker that ends would lose more than one that tries again; the log has it.
#pragma warning disable CA1031
                catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    logger.ReadFailed(exception, identity.Stream, identity.Group);
                    schedule.Failed();
                    await _backoff.DelayAsync(stop).ConfigureAwait(false);
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
                await group.EnsureAsync(stop).ConfigureAwait(false);
                await pause.LookAsync(stop).ConfigureAwait(false);
                await reader.ChooseAsync(stop).ConfigureAwait(false);
                schedule.ClaimInterval = reader.ClaimInterval;
                break;
            case ReaderStep.Replay:
                await replay.RunAsync(countDelivery: schedule.IsFirstReplay, stop).ConfigureAwait(false);
                break;
            case ReaderStep.Claim:
                await claimer.RunAsync(stop).ConfigureAwait(false);
                await group.ObserveAsync(stop).ConfigureAwait(false);
                break;
            case ReaderStep.Read:
                await ReadAsync(stop).ConfigureAwait(false);
                break;
        }
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        if (_pace.IsRestDue)
        {
            await Task.Delay(ReadPace.Rest, time, stop).ConfigureAwait(false);
        }

        var most = await room.WaitAsync(stop).ConfigureAwait(false);
        var fetched = await reader.ReadAsync(most, stop).ConfigureAwait(false);
        _pace.Read(fetched.Count, most);
        core.Accept(fetched);
    }
}
