using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// The decisions of a worker: what it may fetch, what begins when, what follows an outcome, what is renewed, retried,
/// acknowledged, given up. It knows no Redis, no handlers and no tasks; those report to it and do what it says. All of
/// it is under one lock.
/// </summary>
internal sealed partial class ConsumerStateMachine
{
    /// <summary>
    /// How many acknowledgements may be unconfirmed; then the worker waits, rather than handle ever more that a crash
    /// would have it repeat.
    /// </summary>
    public const int MostAcknowledging = 4 * AcknowledgementBatch;

    private readonly Lock _lock = new();
    private readonly Dictionary<MessagePosition, InFlightMessage> _held = [];
    private readonly WorkQueue _queue = new();
    private readonly Lane[] _lanes;
    private readonly CoreOptions _options;
    private readonly IConsumerSignals _signals;
    private readonly TimeProvider _time;
    private readonly RetrySchedule _retries;
    private readonly Circuit _circuit;
    private readonly SizeEstimate _sizes;
    private long _bytes;
    private int _running;
    private bool _paused;
    private bool _standsBy;
    private bool _stopped;
    private TaskCompletionSource? _drained;

    /// <summary>Creates the state of a worker that holds nothing.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="signals">Whom it tells.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the jitter.</param>
    public ConsumerStateMachine(CoreOptions options, IConsumerSignals signals, TimeProvider time, Random random)
    {
        _options = options;
        _signals = signals;
        _time = time;
        _lanes = [.. Enumerable.Range(0, options.Lanes).Select(index => new Lane(index))];
        _retries = new RetrySchedule(options.RetryDelay, options.MaxRetryDelay, random);
        _circuit = new Circuit(options.CircuitBreakerThreshold, _retries, time);
        _sizes = new SizeEstimate(Math.Min(options.LargestMessage, options.PrefetchBytes));
    }

    /// <summary>How many entries the worker holds.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>
    /// The size of what the worker holds, those included whose acknowledgement is not confirmed, in bytes.
    /// </summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Whether the circuit is open.</summary>
    public bool IsCircuitOpen
    {
        get
        {
            lock (_lock)
            {
                return _circuit.IsOpen;
            }
        }
    }

    /// <summary>How many entries may be fetched now.</summary>
    public int Capacity
    {
        get
        {
            lock (_lock)
            {
                return FreeSlots();
            }
        }
    }

    /// <summary>From how much room on a read is worth its round trip, if more work is at hand.</summary>
    public int WorthwhileCapacity => (_options.Prefetch + 1) / 2;

    /// <summary>Those that are not held: the pending list also has what this worker works on.</summary>
    public IReadOnlyList<MessagePosition> NotHeld(IEnumerable<MessagePosition> positions)
    {
        lock (_lock)
        {
            return [.. positions.Where(position => !_held.ContainsKey(position))];
        }
    }

    /// <summary>Accepts what was fetched.</summary>
    /// <returns>How many of them are new here; the others are held already, or come while the worker stands
    /// by.</returns>
    public int Accept(IReadOnlyList<InFlightMessage> fetched)
    {
        var accepted = 0;
        lock (_lock)
        {
            if (fetched.Count > 0)
            {
                _sizes.Observe(fetched.Max(held => held.Size));
            }

            foreach (var held in fetched)
            {
                if (_standsBy && held.IsPending)
                {
                    continue;
                }

                if (_held.TryAdd(held.Position, held))
                {
                    accepted++;
                    _bytes += held.Size;
                    _queue.Add(held);
                }
                else if (_held[held.Position] is { Entry.IsLost: true } known)
                {
                    // InFlightMessage since before this worker itself took it over.
                    known.IsPending &= held.IsPending;
                }
            }

            Wake(accepted);
        }

        return accepted;
    }

    /// <summary>The next message, to be run now by the one caller who runs the lane.</summary>
    /// <param name="index">The lane.</param>
    /// <param name="lost">The token for its handlers: cancelled when the worker no longer owns the message, or does not
    /// wait any longer.</param>
    /// <returns>The message; <c>null</c>: leave the lane, it will be called when there is something again.</returns>
    public InFlightMessage? TryBegin(int index, out CancellationToken lost)
    {
        lock (_lock)
        {
            var lane = _lanes[index];
            var now = _time.GetTimestamp();
            if (MayBegin && _queue.Peek() is { } next && !IsExpired(next, now) && _circuit.TryEnter(next, now))
            {
                _queue.Take(next);
                next.State = InFlightState.Running;
                next.Lane = index;
                next.IsUnderWay = true;
                next.Begins++;
                _running++;
                lost = lane.Begin();
                return next;
            }

            lane.IsActive = false;
            lost = CancellationToken.None;
            return null;
        }
    }

    /// <summary>
    /// Begins nothing and fetches nothing until <see cref="Resume"/>. What runs goes on, what is held stays held and is
    /// renewed.
    /// </summary>
    public void Pause()
    {
        lock (_lock)
        {
            _paused = true;
        }
    }

    /// <summary>Ends a pause.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (_paused)
            {
                _paused = false;
                Wake(_lanes.Length);
                _signals.CapacityFreed();
                _signals.DueWorkChanged();
            }
        }
    }

    /// <summary>
    /// Gives up all that is held, and accepts and begins nothing until <see cref="StandUp"/>: another worker with the
    /// same name has it too, and replays it.
    /// </summary>
    public void StandBy()
    {
        lock (_lock)
        {
            _standsBy = true;
            foreach (var held in _held.Values.ToArray())
            {
                Lose(held);
            }
        }
    }

    /// <summary>Ends a <see cref="StandBy"/>.</summary>
    public void StandUp()
    {
        lock (_lock)
        {
            _standsBy = false;

            // Messages that no other worker can claim stayed.
            Wake(_lanes.Length);
            _signals.CapacityFreed();
            _signals.DueWorkChanged();
        }
    }

    /// <summary>Begins and fetches nothing any more.</summary>
    /// <returns>Completes when nothing runs.</returns>
    public Task Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            CompleteIfDrained();
            _signals.CapacityFreed();
            _signals.AcknowledgementsWaiting();
            return _drained.Task;
        }
    }

    /// <summary>Cancels the handlers that run.</summary>
    public void CancelRunning()
    {
        lock (_lock)
        {
            foreach (var lane in _lanes)
            {
                lane.Cancel();
            }
        }
    }

    private bool MayBegin => !_stopped && !_paused && !_standsBy;

    private int FreeSlots()
    {
        var active = _held.Count - _acknowledging;
        if (!MayBegin || _acknowledging >= MostAcknowledging)
        {
            return 0;
        }

        // With the circuit open, what is held is enough to try with; without anything, one more is needed.
        return _circuit.IsOpen ? (active == 0 ? 1 : 0) : Math.Max(0, Math.Min(_options.Prefetch - active, FreeBytes()));
    }

    /// <summary>
    /// How many messages fit in the bytes that are free, as far as can be told before they are read. One does as long
    /// as half of the bytes are free: however large messages are, the worker goes on. And as long as nothing that is
    /// held can go on: it then waits for retries, of minutes maybe.
    /// </summary>
    private int FreeBytes()
    {
        var free = _options.PrefetchBytes - _bytes;
        return free <= 0
            ? 0
            : Math.Max(
                _sizes.CountIn(free),
                free >= _options.PrefetchBytes / 2 || (_running == 0 && _queue.Peek() is null) ? 1 : 0
            );
    }

    /// <summary>Calls idle lanes, if there is something that may begin.</summary>
    private void Wake(int most)
    {
        for (var i = 0; i < _lanes.Length && most > 0 && MayBegin && _queue.Peek() is not null; i++)
        {
            if (!_lanes[i].IsActive)
            {
                most--;
                _lanes[i].IsActive = true;
                _signals.LaneReady(i);
            }
        }
    }

    private bool IsExpired(InFlightMessage held, long now) =>
        held.IsPending && _time.GetElapsedTime(held.LeasedAt, now) >= _options.LeaseDuration;

    /// <summary>The entry leaves the worker, settled or not.</summary>
    private void Remove(InFlightMessage held)
    {
        var before = FreeSlots();
        if (_held.Remove(held.Position))
        {
            _bytes -= held.Size;
            Freed(before);
        }

        LetGo(held);
    }

    private void LetGo(InFlightMessage held)
    {
        if (_queue.LetGo(held))
        {
            Wake(1);
        }
    }

    /// <summary>
    /// There may be more room than <paramref name="before"/>: says so if that makes a difference to who waits for it.
    /// </summary>
    private void Freed(int before)
    {
        var now = FreeSlots();
        if ((before == 0 && now > 0) || (before < WorthwhileCapacity && now >= WorthwhileCapacity))
        {
            _signals.CapacityFreed();
        }
    }

    private void CompleteIfDrained()
    {
        if (_running == 0)
        {
            _drained?.TrySetResult();
        }
    }
}
