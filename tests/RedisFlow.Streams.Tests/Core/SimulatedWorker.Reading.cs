using RedisFlow.Streams.Consuming.Reading;

namespace RedisFlow.Streams.Tests.Core;

/// <content>The reading side: as ConsumerLoop, CapacityGate, PendingIntake, PendingReplay, PendingClaimer and
/// GroupReader.</content>
internal sealed partial class SimulatedWorker
{
    private static readonly TimeSpan WorthwhileWait = TimeSpan.FromMilliseconds(1);

    private readonly ReaderSchedule _schedule;
    private Call? _reading;
    private Action<int>? _gate;
    private bool _gateWaits;
    private bool _gateWaited;
    private bool _roomFreed;
    private long _gateUntil;
    private long _readAt;
    private long _blockedUntil;

    private bool StepReader()
    {
        if (IsStopping || Now < _readAt)
        {
            return false;
        }

        if (_reading is not null)
        {
            return Call.Step(ref _reading, Breaks());
        }

        if (_gate is not null)
        {
            return StepGate();
        }

        switch (_schedule.Next())
        {
            case ReaderStep.Prepare:
                Ask(
                    () => true,
                    _ =>
                    {
                        _schedule.ClaimInterval = _options.LeaseDuration / 2 * (_world.ReadsClaim ? 10 : 1);
                        _schedule.Done(ReaderStep.Prepare);
                    }
                );
                break;
            case ReaderStep.Replay:
                Ask(
                    () => _group.PendingOf(Name),
                    positions => Take(positions, _schedule.IsFirstReplay, ReaderStep.Replay)
                );
                break;
            case ReaderStep.Claim:
                Ask(() => _group.Claim(Name), positions => Take(positions, true, ReaderStep.Claim));
                break;
            default:
                WaitForCapacity(Read);
                break;
        }

        return true;
    }

    private bool StepGate()
    {
        if (_gateWaits)
        {
            if (!_roomFreed && (_gateUntil == 0 || Now < _gateUntil))
            {
                return false;
            }

            _roomFreed = false;
            _gateWaits = false;
            _gateUntil = 0;
        }

        var room = _core.Capacity;
        if (room >= _core.WorthwhileCapacity || (room > 0 && _gateWaited))
        {
            var pass = _gate!;
            _gate = null;
            pass(room);
            return true;
        }

        _gateWaited = room > 0;
        _gateWaits = true;
        _gateUntil = _gateWaited ? Now + WorthwhileWait.Ticks : 0;
        return true;
    }

    private void WaitForCapacity(Action<int> then) => (_gate, _gateWaited, _gateWaits) = (then, false, false);

    private void Read(int room)
    {
        var asked = Now;
        _blockedUntil = Now + (_options.LeaseDuration / 4).Ticks;
        Ask(
            () =>
                _group.Read(Name, room, _world.ReadsClaim) is var read && (read.Count > 0 || Now >= _blockedUntil)
                    ? read
                    : null,
            read =>
            {
                _blockedUntil = 0;
                Trace($"read {string.Join(' ', read.Select(item => item.Entry.Position.Sequence))}");
                Accept(read.ConvertAll(item => NewInFlightMessage(item.Entry, item.Previous + 1, asked)));
                _schedule.Done(ReaderStep.Read);
            }
        );
    }

    private void Take(List<MessagePosition> positions, bool countDelivery, ReaderStep step) =>
        Take(_core.NotHeld(positions), 0, countDelivery, step);

    private void Take(IReadOnlyList<MessagePosition> rest, int done, bool countDelivery, ReaderStep step)
    {
        if (done >= rest.Count)
        {
            _schedule.Done(step);
            return;
        }

        WaitForCapacity(room =>
        {
            var asked = Now;
            var page = rest.Skip(done).Take(room).ToList();
            Ask(
                () =>
                {
                    page.ForEach(position => _group[position].IsDisturbed |= countDelivery);
                    return _group.Take(Name, page, countDelivery);
                },
                taken =>
                {
                    Trace($"{step} {string.Join(' ', taken.Select(item => item.Entry.Position.Sequence))}");
                    Accept(taken.ConvertAll(item => NewInFlightMessage(item.Entry, item.Count, asked)));
                    Take(rest, done + page.Count, countDelivery, step);
                }
            );
        });
    }

    private void Ask<T>(Func<T?> execute, Action<T> reply) =>
        _reading = new Call(
            () => execute(),
            result => reply((T)result),
            () =>
            {
                Trace($"a call of the reader failed");
                _blockedUntil = 0;
                _schedule.Failed();
                _readAt = Now + CallBackoff.Ticks;
            }
        );

    /// <summary>A stop releases the blocked read: what it had returned is accepted, or its reply is lost.</summary>
    private void StopReading()
    {
        _gate = null;
        (_gateUntil, _blockedUntil, _readAt) = (0, 0, 0);
        if (_reading is { IsExecuted: true })
        {
            Call.Step(ref _reading, Breaks());
        }

        _reading = null;
        _gate = null;
    }
}
