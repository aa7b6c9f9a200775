using RedisFlow.Streams.Consuming.Core;
using static RedisFlow.Streams.Tests.Core.SimulationException;

namespace RedisFlow.Streams.Tests.Core;

/// <content>As LeaseKeeper and Acknowledger.</content>
internal sealed partial class SimulatedWorker
{
    private readonly Queue<Func<Call>> _upkeepCalls = new();
    private readonly List<MessagePosition> _batch = [];
    private readonly HashSet<MessagePosition> _handled = [];
    private Call? _upkeepCall;
    private Call? _acknowledging;
    private TimeSpan _upkeepNext;
    private bool _dueWorkChanged;
    private bool _upkeepSleeps;
    private bool _upkeepWaits;
    private bool _acknowledgementsWaiting;
    private bool _settlerSleeps;
    private long _upkeepAt;
    private long _upkeepTakenAt;
    private long _upkeepDelay;
    private long _settleAt;

    private bool StepDueWork()
    {
        if (_upkeepCall is not null)
        {
            return Call.Step(ref _upkeepCall, Breaks());
        }

        if (_upkeepCalls.TryDequeue(out var call))
        {
            _upkeepCall = call();
            return true;
        }

        if (_upkeepWaits)
        {
            _upkeepWaits = false;
            _upkeepSleeps = true;
            _upkeepAt = Now + _upkeepNext.Ticks;
            _upkeepDelay = Now - _upkeepTakenAt;
        }

        if (Now < _upkeepAt && !(_upkeepSleeps && _dueWorkChanged))
        {
            return false;
        }

        if (_upkeepSleeps && _dueWorkChanged)
        {
            _dueWorkChanged = false;
        }

        _upkeepSleeps = false;
        var now = _upkeepTakenAt = Now;
        var due = _core.TakeDueWork();
        Unless(due.Next >= TimeSpan.Zero, $"{Name}: the next upkeep is due in {due.Next}");
        (_upkeepNext, _upkeepWaits) = (due.Next, true);
        Unless(
            due.Renew.All(position =>
                _held.TryGetValue(position, out var carried) && carried.State != InFlightState.Lost
            ),
            $"{Name}: it renews what it does not hold"
        );
        foreach (var held in due.Retry)
        {
            var carried = _held[held.Position];
            Unless(!IsPaused && !IsStopping, $"{Name}: it retries {carried.Entry} though it stands still");
            Unless(
                carried.State == InFlightState.Retrying && carried.NotBefore <= now,
                $"{Name}: {carried.Entry} is retried too early"
            );
        }

        foreach (
            var carried in _running
                .OfType<Carried>()
                .Where(carried => carried.State == InFlightState.Running && IsExpired(carried))
        )
        {
            carried.HasExpired = true;
            Unless(
                carried.Token.IsCancellationRequested,
                $"{Name}: the lease of {carried.Entry} has passed and its handler was not told"
            );
        }

        if (due.Renew.Count > 0)
        {
            _upkeepCalls.Enqueue(() => Renewal(due.Renew));
        }

        foreach (var sameKind in due.Retry.GroupBy(held => held.CountsNextDelivery))
        {
            _upkeepCalls.Enqueue(() => Retake([.. sameKind], sameKind.Key));
        }

        return true;
    }

    private void LeaseRenewalFailed()
    {
        Trace($"a call of the upkeep failed");
        _upkeepCalls.Clear();
        (_upkeepAt, _upkeepSleeps, _upkeepWaits) = (Now + CallBackoff.Ticks, false, false);
    }

    private Call Renewal(IReadOnlyList<MessagePosition> positions)
    {
        var asked = Now;
        return new(
            () => _group.Renew(Name, positions),
            result => Renewed(asked, positions, (List<MessagePosition>)result),
            LeaseRenewalFailed
        );
    }

    private void Renewed(long asked, IReadOnlyList<MessagePosition> positions, List<MessagePosition> owned)
    {
        List<Carried> others =
        [
            .. positions
                .Except(owned)
                .Select(_held.GetValueOrDefault)
                .OfType<Carried>()
                .Where(carried => carried.InFlightMessage.LeasedAt <= asked),
        ];
        _core.Renewed(asked, owned, positions.Except(owned));
        foreach (var carried in others)
        {
            NotOwned(carried);
        }
    }

    private void NotOwned(Carried carried)
    {
        switch (carried.State)
        {
            case InFlightState.Running:
                Trace($"lost {carried.Entry.Position.Sequence} while it runs");
                carried.State = InFlightState.Lost;
                Unless(
                    carried.Token.IsCancellationRequested,
                    $"{Name}: {carried.Entry} is another worker's and its handler was not told"
                );
                break;
            case InFlightState.Waiting or InFlightState.Retrying:
                Trace($"lost {carried.Entry.Position.Sequence}");
                Unless(IsNotOurs(carried), $"{Name}: {carried.Entry} is dropped though it is this worker's");
                Leave(carried);
                break;
        }
    }

    private Call Retake(InFlightMessage[] retries, bool counts)
    {
        var asked = Now;
        List<ModelEntry> counted = [];
        return new(
            () =>
            {
                // Until the reply is there, the worker does not know that this delivery was counted.
                var taken = _group.Take(Name, retries.Select(held => held.Position), counts);
                counted.AddRange(taken.Where(_ => counts).Select(item => item.Entry));
                counted.ForEach(entry => entry.Unanswered++);
                return taken;
            },
            result =>
            {
                counted.ForEach(entry => entry.Unanswered--);
                var taken = ((List<(ModelEntry Entry, long Count)>)result).ToDictionary(
                    item => item.Entry.Position,
                    item => item.Count
                );
                foreach (var held in retries)
                {
                    Retaken(
                        _held.GetValueOrDefault(held.Position) is { } carried && carried.InFlightMessage == held
                            ? carried
                            : null,
                        held,
                        taken.TryGetValue(held.Position, out var count) ? count : null,
                        asked
                    );
                }
            },
            LeaseRenewalFailed
        );
    }

    private void Retaken(Carried? carried, InFlightMessage held, long? count, long asked)
    {
        if (count is null)
        {
            _core.NotRetaken(held);
            if (carried is { State: InFlightState.Retrying })
            {
                NotOwned(carried);
            }

            return;
        }

        Trace($"retaken {held.Position.Sequence}, count {count}");
        _core.Retaken(held, count.Value, asked);
        if (carried is { State: InFlightState.Retrying })
        {
            carried.State = InFlightState.Waiting;
        }
    }

    private bool StepSettler()
    {
        if (_acknowledging is not null)
        {
            return Call.Step(ref _acknowledging, Breaks());
        }

        if (_batch.Count > 0)
        {
            if (Now < _settleAt)
            {
                return false;
            }

            _acknowledging = new(
                () =>
                {
                    _group.Acknowledge(_batch);
                    return true;
                },
                _ => Acknowledged(),
                () => _settleAt = Now + CallBackoff.Ticks
            );
            return true;
        }

        if (_settlerSleeps && !_acknowledgementsWaiting && (_settleAt == 0 || Now < _settleAt))
        {
            return false;
        }

        _acknowledgementsWaiting &= !_settlerSleeps;
        _settlerSleeps = false;
        var wait = _core.TakeAcknowledgements(_batch);
        if (wait == TimeSpan.Zero)
        {
            Unless(_batch.TrueForAll(_handled.Remove), $"{Name}: it acknowledges what was not handled");
            Unless(
                _batch.Count is > 0 and <= ConsumerStateMachine.AcknowledgementBatch,
                $"{Name}: a batch of {_batch.Count}"
            );
            return true;
        }

        Unless(wait is null or { Ticks: > 0 }, $"{Name}: it acknowledges in {wait}");
        _settlerSleeps = true;
        _settleAt = wait is null ? 0 : Now + wait.Value.Ticks;
        return true;
    }

    private void Acknowledged()
    {
        Trace($"acknowledged {string.Join(' ', _batch.Select(position => position.Sequence))}");
        _core.Acknowledged(_batch);
        foreach (var position in _batch)
        {
            _held.Remove(position);
        }

        _batch.Clear();
    }
}
