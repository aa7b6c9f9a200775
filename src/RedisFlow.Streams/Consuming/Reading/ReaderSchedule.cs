namespace RedisFlow.Streams.Consuming.Reading;

/// <summary>What the reading side of a worker does next.</summary>
internal enum ReaderStep
{
    /// <summary>Make sure that the group exists, and find out what the server can do.</summary>
    Prepare,

    /// <summary>Replay the own pending list.</summary>
    Replay,

    /// <summary>Take over what other consumers left.</summary>
    Claim,

    /// <summary>Read new entries.</summary>
    Read,
}

/// <summary>
/// The order of the reading side's steps: prepare, replay, then read, with a takeover in between from time to time.
/// After a fault all over again, since what a failed read delivered on the server is in the pending list only.
/// </summary>
internal sealed class ReaderSchedule(TimeProvider time)
{
    private bool _prepared;
    private bool _replayed;
    private long? _claimedAt;

    /// <summary>How often to take over.</summary>
    public TimeSpan ClaimInterval { get; set; }

    /// <summary>Whether nothing was replayed yet: what is replayed first was left by a process that ended.</summary>
    public bool IsFirstReplay { get; private set; } = true;

    /// <summary>The next step.</summary>
    public ReaderStep Next() =>
        this switch
        {
            { _prepared: false } => ReaderStep.Prepare,
            { _replayed: false } => ReaderStep.Replay,
            { _claimedAt: null } => ReaderStep.Claim,
            _ when time.GetElapsedTime(_claimedAt.Value) >= ClaimInterval => ReaderStep.Claim,
            _ => ReaderStep.Read,
        };

    /// <summary>The step succeeded.</summary>
    public void Done(ReaderStep step)
    {
        switch (step)
        {
            case ReaderStep.Prepare:
                _prepared = true;
                break;
            case ReaderStep.Replay:
                _replayed = true;
                IsFirstReplay = false;
                break;
            case ReaderStep.Claim:
                _claimedAt = time.GetTimestamp();
                break;
        }
    }

    /// <summary>
    /// A step failed: its effects on the server are unknown, and the next connection may lead to another server.
    /// </summary>
    public void Failed()
    {
        _prepared = false;
        _replayed = false;
    }
}
