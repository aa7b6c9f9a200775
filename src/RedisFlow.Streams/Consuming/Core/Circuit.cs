namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// A circuit breaker for what handlers depend on. After a number of faults in a row it opens: nothing is begun. After a
/// while it lets one message through; if that succeeds, it closes, else it opens for longer. (Nygard, Release It!,
/// "Circuit Breaker".)
/// </summary>
internal sealed class Circuit(int threshold, RetrySchedule delays, TimeProvider time)
{
    private int _faults;
    private int _openings;
    private long _openedAt;
    private TimeSpan _openFor;
    private InFlightMessage? _probe;

    /// <summary>Whether nothing may be begun but a probe.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>When the next probe may begin, as a timestamp; while it is open and none runs.</summary>
    public long? ProbeAt => IsOpen && _probe is null ? _openedAt + Ticks(_openFor) : null;

    /// <summary>
    /// Whether this message may begin now. While the circuit is open, the first that asks in time becomes the probe.
    /// </summary>
    public bool TryEnter(InFlightMessage held, long now)
    {
        if (!IsOpen || _probe == held)
        {
            return true;
        }

        if (_probe is not null || now < _openedAt + Ticks(_openFor))
        {
            return false;
        }

        _probe = held;
        return true;
    }

    /// <summary>A message met a fault of the infrastructure.</summary>
    /// <returns>Whether the circuit opened by it, from closed.</returns>
    public bool Faulted(InFlightMessage held, long now)
    {
        if (IsOpen)
        {
            // Those that ran when it opened say nothing new.
            if (_probe == held)
            {
                Open(now);
            }

            return false;
        }

        if (++_faults < threshold)
        {
            return false;
        }

        Open(now);
        return true;
    }

    /// <summary>A message came to an end that shows that the infrastructure works.</summary>
    /// <returns>Whether the circuit closed by it.</returns>
    public bool Passed()
    {
        _faults = 0;
        if (!IsOpen)
        {
            return false;
        }

        IsOpen = false;
        _openings = 0;
        _probe = null;
        return true;
    }

    /// <summary>
    /// The message ended without saying anything about the infrastructure: if it was the probe, another may be it.
    /// </summary>
    public void Left(InFlightMessage held)
    {
        if (_probe == held)
        {
            _probe = null;
        }
    }

    private void Open(long now)
    {
        IsOpen = true;
        _probe = null;
        _openedAt = now;
        _openFor = delays.After(++_openings);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
