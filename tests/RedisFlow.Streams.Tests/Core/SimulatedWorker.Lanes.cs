using RedisFlow.Streams.Consuming.Core;
using static RedisFlow.Streams.Tests.Core.SimulationException;

namespace RedisFlow.Streams.Tests.Core;

/// <content>As LaneRunner, MessageProcessor and DeadLetterWriter; and an independent account of the circuit.</content>
internal sealed partial class SimulatedWorker
{
    private int _faultsInRow;
    private int _openings;
    private long _openUntil;
    private bool _isOpen;

    private bool StepLane(int lane)
    {
        if (!_laneRuns[lane])
        {
            return false;
        }

        if (_running[lane] is { } carried)
        {
            return carried.IsGivenUp ? StepGiveUp(carried) : StepHandler(carried);
        }

        if (_core.TryBegin(lane, out var token) is { } held)
        {
            Begin(held, lane, token);
        }
        else
        {
            _laneRuns[lane] = false;
        }

        return true;
    }

    private void Begin(InFlightMessage held, int lane, CancellationToken token)
    {
        Unless(
            _held.TryGetValue(held.Position, out var carried) && carried.InFlightMessage == held,
            $"{Name}: it begins {held.Position}, which it does not hold"
        );
        var entry = carried!.Entry;
        Trace($"begin {entry.Position.Sequence} (delivery {held.DeliveryCount}) on lane {lane}");
        Unless(!IsPaused && !IsStopping, $"{Name}: {entry} is begun though the worker stands still");
        Unless(carried.State == InFlightState.Waiting, $"{Name}: {entry} is begun though it is {carried.State}");
        carried.Lane = lane;
        Unless(!IsExpired(carried), $"{Name}: the lease of {entry} has passed");
        Unless(
            entry.Outcome != ModelOutcome.None || entry.Owner == Name,
            $"{Name}: {entry} is begun by who does not own it"
        );
        Unless(carried.NotBefore <= Now, $"{Name}: {entry} is tried again too early");
        Unless(!token.IsCancellationRequested, $"{Name}: the token of {entry} is cancelled from the start");
        Unless(
            held.Subject is null || _subjects[held.Subject][0] == carried,
            $"{Name}: {entry} overtakes an earlier message of its subject"
        );
        if (_isOpen)
        {
            Unless(Now >= _openUntil, $"{Name}: {entry} is begun while the circuit is open");
            Unless(!_running.Any(other => other is { IsProbe: true }), $"{Name}: {entry} is a second probe");
        }

        _running[lane] = carried;
        (carried.State, carried.Token, carried.EpochAtBegin, carried.IsProbe, carried.HasExpired) = (
            InFlightState.Running,
            token,
            entry.Epoch,
            _isOpen,
            false
        );
        carried.Hangs = _world.Random.NextDouble() < _world.HangRate;
        switch (entry.Kind)
        {
            case MessageKind.Foreign:
                Succeed(carried, ranHandlers: false);
                break;
            case MessageKind.Broken:
                GiveUp(carried);
                break;
        }
    }

    private bool StepHandler(Carried carried)
    {
        var isCancelled = carried.Token.IsCancellationRequested;
        Unless(
            !isCancelled || IsStopping || carried.HasExpired || IsNotOurs(carried),
            $"{Name}: the handler of {carried.Entry} was told to end for no reason"
        );
        if (carried.Hangs && !(isCancelled && _world.Random.Next(4) > 0))
        {
            return false;
        }

        var kind = _world.NextOutcome(carried.Entry, isCancelled);
        if (kind == HandlerOutcome.Interrupted && IsStopping)
        {
            Abandon(carried);
        }
        else if (kind == HandlerOutcome.Interrupted)
        {
            Trace($"interrupted {carried.Entry.Position.Sequence}");
            EndRun(carried);
            _core.Interrupted(carried.InFlightMessage);
            EndLostOrRetry(carried, TimeSpan.Zero, counts: false);
        }
        else if (kind == HandlerOutcome.Success)
        {
            carried.Entry.Successes++;
            Succeed(carried, ranHandlers: true);
        }
        else
        {
            Fail(carried, kind == HandlerOutcome.Fault);
        }

        return true;
    }

    private void Succeed(Carried carried, bool ranHandlers)
    {
        Trace($"succeeded {carried.Entry.Position.Sequence}");
        EndRun(carried);
        if (ranHandlers)
        {
            Passed();
        }

        _core.Succeeded(carried.InFlightMessage, ranHandlers);
        if (carried.State == InFlightState.Lost)
        {
            Leave(carried);
        }
        else
        {
            carried.State = InFlightState.Acknowledging;
            _handled.Add(carried.InFlightMessage.Position);
            Done(carried);
        }
    }

    private void Fail(Carried carried, bool isFault)
    {
        var entry = carried.Entry;
        var wasLost = carried.State == InFlightState.Lost;
        entry.Failures += isFault || wasLost ? 0 : 1;
        var verdict = _core.Failed(carried.InFlightMessage, isFault);
        Trace($"failed {entry.Position.Sequence} ({(isFault ? "fault" : "counted")}): {verdict}");
        Unless((verdict == Verdict.Lost) == wasLost, $"{Name}: {entry} failed: {verdict}");
        if (wasLost)
        {
            EndRun(carried);
            Leave(carried);
            return;
        }

        if (isFault)
        {
            EndRun(carried);
            var opens = !_isOpen && ++_faultsInRow >= _options.CircuitBreakerThreshold;
            Unless(
                (verdict == Verdict.RetryAndCircuitOpened) == opens,
                $"{Name}: fault {_faultsInRow} in a row: {verdict}"
            );
            if (opens || (_isOpen && carried.IsProbe))
            {
                _isOpen = true;
                _openUntil = Now + ShortestDelay(++_openings).Ticks;
                Array.ForEach(_running, other => other?.IsProbe = false);
            }

            EndLostOrRetry(carried, ShortestDelay(++carried.Faults), counts: false);
            return;
        }

        Passed();
        carried.Faults = 0;
        Unless(
            entry.IsDisturbed || carried.InFlightMessage.DeliveryCount == entry.Failures,
            $"{Name}: {entry} has failed {entry.Failures} times and counts {carried.InFlightMessage.DeliveryCount}"
        );
        Unless(
            (verdict == Verdict.DeadLetter) == (carried.InFlightMessage.DeliveryCount >= _options.MaxDeliveries),
            $"{Name}: {verdict} for {entry} after delivery {carried.InFlightMessage.DeliveryCount}"
        );
        if (verdict == Verdict.DeadLetter)
        {
            GiveUp(carried);
            return;
        }

        EndRun(carried);
        EndLostOrRetry(carried, ShortestDelay((int)carried.InFlightMessage.DeliveryCount), counts: true);
    }

    private void EndLostOrRetry(Carried carried, TimeSpan delay, bool counts)
    {
        if (carried.State == InFlightState.Lost)
        {
            Leave(carried);
            return;
        }

        carried.State = InFlightState.Retrying;
        carried.NotBefore = Now + delay.Ticks;
        Unless(
            carried.InFlightMessage.CountsNextDelivery == counts,
            $"{Name}: whether the next attempt of {carried.Entry} counts is wrong"
        );
    }

    private static void GiveUp(Carried carried)
    {
        carried.IsGivenUp = true;
        carried.GivingUp = null;
        carried.PausedUntil = 0;
    }

    private bool StepGiveUp(Carried carried)
    {
        if (Now < carried.PausedUntil)
        {
            return false;
        }

        var call =
            carried.GivingUp
            ?? new Call(
                () =>
                {
                    GroupModel.DeadLetter(carried.Entry);
                    return true;
                },
                _ =>
                {
                    Trace($"dead-lettered {carried.Entry.Position.Sequence}");
                    EndRun(carried);
                    _core.Settled(carried.InFlightMessage);
                    Leave(carried);
                },
                () => carried.PausedUntil = Now + CallBackoff.Ticks
            );
        if (IsStopping && Breaks())
        {
            Abandon(carried);
            return true;
        }

        Call.Step(ref call, Breaks());
        carried.GivingUp = call;
        return true;
    }

    private void Abandon(Carried carried)
    {
        Trace($"abandoned {carried.Entry.Position.Sequence}");
        EndRun(carried);
        _core.Abandoned(carried.InFlightMessage, carried.InFlightMessage.Begins);
        Leave(carried);
    }

    private void EndRun(Carried carried)
    {
        carried.PausedUntil = 0;
        carried.IsGivenUp = false;
        _running[carried.Lane] = null;
    }

    private void Passed()
    {
        (_faultsInRow, _openings, _isOpen) = (0, 0, false);
        Array.ForEach(_running, other => other?.IsProbe = false);
    }

    private TimeSpan ShortestDelay(int failures) =>
        TimeSpan.FromTicks(
            (long)(Math.Min(_options.RetryDelay.Ticks * Math.Pow(2, failures - 1), _options.MaxRetryDelay.Ticks) * 0.74)
        );
}
