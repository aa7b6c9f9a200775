namespace RedisFlow.Streams.Consuming.Core;

/// <content>What follows when a message that was begun comes to an end.</content>
internal sealed partial class ConsumerStateMachine
{
    /// <summary>The message is done, and is to be acknowledged.</summary>
    /// <param name="held">The message.</param>
    /// <param name="ranHandlers">Whether its handlers succeeded; else there was nothing to do, which says nothing about
    /// what they depend on.</param>
    public void Succeeded(InFlightMessage held, bool ranHandlers = true)
    {
        lock (_lock)
        {
            Ended(held);
            var closed = ranHandlers && _circuit.Passed();
            _circuit.Left(held);
            if (held.State == InFlightState.Lost)
            {
                // It is another worker's, which settles it.
                Remove(held);
            }
            else
            {
                held.State = InFlightState.Acknowledging;
                LetGo(held);
                Acknowledge(held);
            }

            if (closed)
            {
                CircuitClosed();
            }
        }
    }

    /// <summary>The message's handlers failed.</summary>
    /// <param name="held">The message.</param>
    /// <param name="isInfrastructure">Whether something that they depend on is at fault, which costs no
    /// attempt.</param>
    /// <param name="isPartial">Whether only a part of that is at fault: it says nothing about other messages, so it
    /// does not count for the circuit.</param>
    /// <returns>
    /// What follows. After <see cref="Verdict.DeadLetter"/> the message still runs: the caller gives it up and reports
    /// <see cref="Settled"/> or
    /// <see cref="Abandoned"/>.
    /// </returns>
    public Verdict Failed(InFlightMessage held, bool isInfrastructure, bool isPartial = false)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (held.State == InFlightState.Lost)
            {
                Ended(held);
                _circuit.Left(held);
                Remove(held);
                return Verdict.Lost;
            }

            if (isInfrastructure)
            {
                held.Faults++;
                var opened = !isPartial && _circuit.Faulted(held, now);
                if (isPartial)
                {
                    _circuit.Left(held);
                }

                Ended(held);
                Retry(held, now, _retries.After(held.Faults), countsDelivery: false);
                return opened ? Verdict.RetryAndCircuitOpened : Verdict.Retry;
            }

            held.Faults = 0;
            if (_circuit.Passed())
            {
                CircuitClosed();
            }

            if (held.DeliveryCount >= _options.MaxDeliveries)
            {
                return Verdict.DeadLetter;
            }

            Ended(held);
            Retry(held, now, _retries.After(held.DeliveryCount), countsDelivery: true);
            return Verdict.Retry;
        }
    }

    /// <summary>The message's handlers ended because their token was cancelled, not because of the message.</summary>
    public void Interrupted(InFlightMessage held)
    {
        lock (_lock)
        {
            Ended(held);
            _circuit.Left(held);
            if (held.State == InFlightState.Lost)
            {
                Remove(held);
            }
            else
            {
                // The lease passed without a renewal, so another consumer may own it; the retry finds out.
                Retry(held, _time.GetTimestamp(), TimeSpan.Zero, countsDelivery: false);
            }
        }
    }

    /// <summary>The message was given up, and Redis has confirmed it.</summary>
    public void Settled(InFlightMessage held) => Abandoned(held, held.Begins);

    /// <summary>
    /// The message was begun and is left pending: replayed at the next start, or taken over after the lease. Changes
    /// nothing if another end of that run was reported before, though it may have begun again since.
    /// </summary>
    /// <param name="held">The message.</param>
    /// <param name="run">Its <see cref="InFlightMessage.Begins"/> in that run.</param>
    public void Abandoned(InFlightMessage held, int run)
    {
        lock (_lock)
        {
            if (held.IsUnderWay && held.Begins == run)
            {
                Ended(held);
                _circuit.Left(held);
                Remove(held);
            }
        }
    }

    private void Ended(InFlightMessage held)
    {
        var before = FreeSlots();
        held.IsUnderWay = false;
        _running--;
        Freed(before);
        CompleteIfDrained();
    }

    private void Retry(InFlightMessage held, long now, TimeSpan delay, bool countsDelivery)
    {
        held.State = InFlightState.Retrying;
        held.RetryAt = now + Ticks(delay);
        held.CountsNextDelivery = countsDelivery;
        _signals.DueWorkChanged();
    }

    private void CircuitClosed()
    {
        Wake(_lanes.Length);
        _signals.CapacityFreed();
        _signals.DueWorkChanged();
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
