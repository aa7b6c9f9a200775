namespace RedisFlow.Streams.Consuming.Core;

/// <summary>What <see cref="ConsumerStateMachine"/> tells those who act on its decisions. Called while it is locked:
/// they only take note.</summary>
internal interface IConsumerSignals
{
    /// <summary>
    /// The lane has work and no runner: a runner must run it, until <see cref="ConsumerStateMachine.TryBegin"/> returns
    /// nothing.
    /// </summary>
    void LaneReady(int lane);

    /// <summary>There is room to read again, or enough of it to be worth a read.</summary>
    void CapacityFreed();

    /// <summary>The next work may be due earlier than was said.</summary>
    void DueWorkChanged();

    /// <summary>There is something to acknowledge.</summary>
    void AcknowledgementsWaiting();
}
