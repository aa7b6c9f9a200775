using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Tests.Core;

/// <summary>Counts the signals of a core, and makes entries for it.</summary>
internal sealed class SignalCounter : IConsumerSignals
{
    public List<int> Lanes { get; } = [];

    public int Capacity { get; set; }

    public int DueWork { get; set; }

    public int Acknowledgements { get; set; }

    public static InFlightMessage Entry(
        ulong number,
        TimeProvider time,
        string subject = "",
        long deliveries = 1,
        int size = 0
    ) =>
        new(
            new RawEntry(new MessagePosition(1, number), size == 0 ? null : new byte[size], false, deliveries),
            new DecodedEntry(new StreamMessage { Subject = subject }, null, null, null),
            time.GetTimestamp()
        );

    public void LaneReady(int lane) => Lanes.Add(lane);

    public void CapacityFreed() => Capacity++;

    public void DueWorkChanged() => DueWork++;

    public void AcknowledgementsWaiting() => Acknowledgements++;
}
