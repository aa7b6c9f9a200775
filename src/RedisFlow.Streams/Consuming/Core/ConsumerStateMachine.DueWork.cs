namespace RedisFlow.Streams.Consuming.Core;

/// <content>Leases and retries.</content>
internal sealed partial class ConsumerStateMachine
{
    /// <summary>Finds out what is due, and tells handlers whose lease has passed.</summary>
    public DueWork TakeDueWork()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var renewAfter = _options.LeaseDuration / 3;
            var next = _options.LeaseDuration / 6;
            List<MessagePosition> renew = [];
            List<InFlightMessage> retry = [];
            foreach (var held in _held.Values)
            {
                if (held.State == InFlightState.Lost || !held.IsPending)
                {
                    // Nothing is due. Lost: its handler was told, and only its end is waited for.
                    continue;
                }

                var age = _time.GetElapsedTime(held.LeasedAt, now);
                if (age >= renewAfter)
                {
                    renew.Add(held.Position);
                }
                else
                {
                    next = Shorter(next, renewAfter - age);
                }

                if (held.State == InFlightState.Running && age >= _options.LeaseDuration)
                {
                    _lanes[held.Lane].Cancel();
                }

                if (held.State == InFlightState.Retrying && MayBegin)
                {
                    if (held.RetryAt > now)
                    {
                        next = Shorter(next, _time.GetElapsedTime(now, held.RetryAt));
                    }
                    else if (_circuit.TryEnter(held, now))
                    {
                        retry.Add(held);
                    }
                }
            }

            if (_circuit.ProbeAt is { } probeAt)
            {
                if (probeAt <= now)
                {
                    Wake(_lanes.Length);
                    _signals.CapacityFreed();
                }
                else
                {
                    next = Shorter(next, _time.GetElapsedTime(now, probeAt));
                }
            }

            return new DueWork(renew, retry, next);
        }
    }

    /// <summary>Leases were renewed, by a call that began at <paramref name="askedAt"/>.</summary>
    /// <param name="askedAt">A timestamp.</param>
    /// <param name="owned">Those that are this worker's.</param>
    /// <param name="others">Those that are not: settled meanwhile, or another worker's.</param>
    /// <returns>How many of the latter had not been settled by this worker: they are lost to another one.</returns>
    public int Renewed(long askedAt, IEnumerable<MessagePosition> owned, IEnumerable<MessagePosition> others)
    {
        lock (_lock)
        {
            foreach (var position in owned)
            {
                if (_held.TryGetValue(position, out var held))
                {
                    held.LeasedAt = Math.Max(held.LeasedAt, askedAt);
                }
            }

            // What had waited for its renewal may begin.
            Wake(_lanes.Length);

            // What was taken (again) since the question is not what the answer is about.
            return others.Count(position =>
                _held.TryGetValue(position, out var held) && held.LeasedAt <= askedAt && Lose(held)
            );
        }
    }

    /// <summary>A message that is tried again was found to be still this worker's.</summary>
    /// <param name="held">The message.</param>
    /// <param name="deliveryCount">How often it has been delivered, this time included.</param>
    /// <param name="askedAt">A timestamp from before the question.</param>
    public void Retaken(InFlightMessage held, long deliveryCount, long askedAt)
    {
        lock (_lock)
        {
            if (held.State == InFlightState.Retrying)
            {
                held.DeliveryCount = deliveryCount;
                held.LeasedAt = Math.Max(held.LeasedAt, askedAt);
                held.State = InFlightState.Waiting;
                _queue.Resume(held);
                Wake(1);
            }
        }
    }

    /// <summary>A message that was to be tried again is another worker's, or settled.</summary>
    public void NotRetaken(InFlightMessage held)
    {
        lock (_lock)
        {
            if (held.State == InFlightState.Retrying)
            {
                Lose(held);
            }
        }
    }

    private bool Lose(InFlightMessage held)
    {
        if (!held.IsPending)
        {
            return false;
        }

        switch (held.State)
        {
            case InFlightState.Running:
                held.State = InFlightState.Lost;
                _lanes[held.Lane].Cancel();
                return true;

            case InFlightState.Waiting
            or InFlightState.Retrying:
                var before = FreeSlots();
                held.State = InFlightState.Lost;
                _circuit.Left(held);
                Remove(held);
                Freed(before);
                return true;

            default:
                // Acknowledging: it was handled, and most likely the acknowledgement has arrived. Lost: known already.
                return false;
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
