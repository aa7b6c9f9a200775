using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RedisFlow.Streams.Telemetry;

/// <summary>Counts what upkeep removes.</summary>
internal sealed class MaintenanceInstruments
{
    private readonly Counter<long> _trimmed;
    private readonly Counter<long> _consumersRemoved;

    public MaintenanceInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(StreamTelemetry.Name);
        _trimmed = meter.CreateCounter<long>(
            "redisflow.stream.trimmed",
            "{message}",
            "Entries removed that every group had settled."
        );
        _consumersRemoved = meter.CreateCounter<long>(
            "redisflow.stream.consumers_removed",
            "{consumer}",
            "Consumers removed after a long time without a sign of life."
        );
    }

    public void Trimmed(string stream, long count) => _trimmed.Add(count, Tags(stream));

    public void ConsumersRemoved(string stream, int count) => _consumersRemoved.Add(count, Tags(stream));

    private static TagList Tags(string stream) => new() { { StreamTelemetry.DestinationKey, stream } };
}
