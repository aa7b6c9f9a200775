using RedisFlow.Streams.Consuming.Core;
using static RedisFlow.Streams.Tests.Core.SimulationException;

namespace RedisFlow.Streams.Tests.Core;

/// <content>What must hold after every step.</content>
internal sealed partial class SimulatedWorker
{
    private void Check()
    {
        Unless(_core.Count == _held.Count, $"{Name}: the core holds {_core.Count}, it should be {_held.Count}");
        Unless(_core.IsCircuitOpen == _isOpen, $"{Name}: the circuit is {(_core.IsCircuitOpen ? "open" : "closed")}");
        Unless(
            _drained is null || _drained.IsCompleted == Array.TrueForAll(_running, held => held is null),
            $"{Name}: the drain is wrong about what runs"
        );
        var active = 0;
        var bytes = 0L;
        foreach (var carried in _held.Values)
        {
            bytes += carried.InFlightMessage.Size;
            active += carried.State == InFlightState.Acknowledging ? 0 : 1;
            Unless(
                carried.State == carried.InFlightMessage.State,
                $"{Name}: {carried.Entry} is {carried.InFlightMessage.State}, it should be {carried.State}"
            );
        }

        Unless(_core.Bytes == bytes, $"{Name}: the core holds {_core.Bytes} bytes, it should be {bytes}");
        Unless(
            _core.Capacity == 0 || _isOpen || bytes < _options.PrefetchBytes,
            $"{Name}: there is room beside {bytes} of {_options.PrefetchBytes} bytes"
        );
        Unless(active <= _options.Prefetch, $"{Name}: {active} entries in {_options.Prefetch} slots");
        if (!IsPaused && !IsStopping)
        {
            CheckNobodySleeps();
        }

        Unless(
            !_settlerSleeps || _acknowledgementsWaiting || _handled.Count == 0 || _settleAt > 0,
            $"{Name}: the settler sleeps and {_handled.Count} wait"
        );
    }

    /// <summary>A part that waits without end, or for too long, though it has work, has missed a signal.</summary>
    private void CheckNobodySleeps()
    {
        Unless(
            !_gateWaits || _gateUntil > 0 || _roomFreed || _core.Capacity == 0,
            $"{Name}: the reader sleeps though there is room for {_core.Capacity}"
        );
        if (_isOpen)
        {
            return;
        }

        foreach (var carried in _held.Values)
        {
            if (carried.State == InFlightState.Retrying)
            {
                Unless(
                    !_upkeepSleeps
                        || _dueWorkChanged
                        || _upkeepAt <= carried.InFlightMessage.RetryAt + _upkeepDelay + TimeSpan.TicksPerMillisecond
                        || _upkeepAt <= Now,
                    $"{Name}: upkeep sleeps beyond the retry of {carried.Entry}"
                );
            }
            else if (
                carried.State == InFlightState.Waiting
                && (carried.InFlightMessage.Subject is not { } subject || _subjects[subject][0] == carried)
            )
            {
                // A lane that was called and has not begun anything yet will take it; what is expired holds up the
                // others until it is renewed.
                Unless(
                    !_laneRuns.Contains(false)
                        || _laneRuns.Where((runs, lane) => runs && _running[lane] is null).Any()
                        || _held.Values.Any(other => other.State == InFlightState.Waiting && IsExpired(other)),
                    $"{Name}: a lane sleeps though {carried.Entry} waits"
                );
            }
        }
    }

    private bool IsExpired(Carried carried) =>
        _time.GetElapsedTime(carried.InFlightMessage.LeasedAt) >= _options.LeaseDuration;

    private bool IsNotOurs(Carried carried) =>
        carried.Entry.Outcome != ModelOutcome.None
        || carried.Entry.Owner != Name
        || carried.Entry.Epoch != carried.EpochAtBegin;
}
