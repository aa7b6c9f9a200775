using RedisFlow.Streams.Consuming.Core;

namespace RedisFlow.Streams.Consuming;

/// <summary>Carries what the core says to the loops that act on it.</summary>
internal sealed class ConsumerSignals : IConsumerSignals, IDisposable
{
    /// <summary>Capacity to read.</summary>
    public AsyncSignal Capacity { get; } = new();

    /// <summary>Upkeep due.</summary>
    public AsyncSignal Upkeep { get; } = new();

    /// <summary>Acknowledgements waiting.</summary>
    public AsyncSignal Acknowledgements { get; } = new();

    /// <summary>Runs a lane, without waiting for it.</summary>
    public Action<int> RunLane { get; set; } = _ => throw new InvalidOperationException("Nobody runs lanes yet.");

    void IConsumerSignals.LaneReady(int lane) => RunLane(lane);

    void IConsumerSignals.CapacityFreed() => Capacity.Set();

    void IConsumerSignals.UpkeepChanged() => Upkeep.Set();

    void IConsumerSignals.AcknowledgementsWaiting() => Acknowledgements.Set();

    /// <inheritdoc/>
    public void Dispose()
    {
        Capacity.Dispose();
        Upkeep.Dispose();
        Acknowledgements.Dispose();
    }
}
