using RedisFlow.Streams.Consuming.Core;

namespace RedisFlow.Streams.Tests.Core;

/// <summary>What a simulated worker knows of an entry that its core holds, independently of the core.</summary>
internal sealed class Carried(InFlightMessage held, ModelEntry entry)
{
    public InFlightMessage InFlightMessage => held;

    public ModelEntry Entry => entry;

    public int Lane { get; set; }

    public InFlightState State { get; set; } = InFlightState.Waiting;

    /// <summary>It is moved to the dead letters; a part of <see cref="InFlightState.Running"/>.</summary>
    public Call? GivingUp { get; set; }

    public bool IsGivenUp { get; set; }

    public long PausedUntil { get; set; }

    public CancellationToken Token { get; set; }

    public int EpochAtBegin { get; set; }

    public long NotBefore { get; set; }

    public int Faults { get; set; }

    /// <summary>Its lease passed while it ran, though it may have been renewed since.</summary>
    public bool HasExpired { get; set; }

    /// <summary>Its handler does not end by itself.</summary>
    public bool Hangs { get; set; }

    /// <summary>It was begun while the circuit was open.</summary>
    public bool IsProbe { get; set; }
}
