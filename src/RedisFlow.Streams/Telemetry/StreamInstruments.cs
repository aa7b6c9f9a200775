using System.Diagnostics.Metrics;

namespace RedisFlow.Streams.Telemetry;

/// <summary>
/// The instruments of the engine's counters and durations, which all streams share. Gauges are in
/// <see cref="Monitoring.StreamGauges"/>.
/// </summary>
internal sealed class StreamInstruments
{
    /// <summary>
    /// The bucket boundaries that the OpenTelemetry messaging conventions advise; the default ones are made for
    /// milliseconds.
    /// </summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    public StreamInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(StreamTelemetry.Name);
        Sent = meter.CreateCounter<long>(
            "messaging.client.sent.messages",
            "{message}",
            "Messages that were published."
        );
        Unconfirmed = meter.CreateCounter<long>(
            "redisflow.stream.unconfirmed",
            "{message}",
            "Messages that the replicas did not confirm in time."
        );
        Consumed = meter.CreateCounter<long>(
            "messaging.client.consumed.messages",
            "{message}",
            "Messages that were delivered."
        );
        OperationDuration = meter.CreateHistogram<double>(
            "messaging.client.operation.duration",
            "s",
            "Duration of sends, confirmations, receives and settlements.",
            tags: null,
            advice: Seconds
        );
        ProcessDuration = meter.CreateHistogram<double>(
            "messaging.process.duration",
            "s",
            "Duration of handling a message.",
            tags: null,
            advice: Seconds
        );
        DeadLettered = meter.CreateCounter<long>(
            "redisflow.stream.dead_lettered",
            "{message}",
            "Messages that were moved to the dead-letter stream."
        );
        Retried = meter.CreateCounter<long>(
            "redisflow.stream.retried",
            "{message}",
            "Deliveries after a failed handler."
        );
        Claimed = meter.CreateCounter<long>(
            "redisflow.stream.claimed",
            "{message}",
            "Messages taken over from another consumer."
        );
        Replayed = meter.CreateCounter<long>(
            "redisflow.stream.replayed",
            "{message}",
            "Messages replayed from the consumer's own pending list."
        );
        Lost = meter.CreateCounter<long>(
            "redisflow.stream.lost",
            "{message}",
            "Pending entries whose data was removed before they were handled."
        );
        Healed = meter.CreateCounter<long>(
            "redisflow.stream.group_healed",
            "{group}",
            "Consumer groups that were missing and were created again."
        );
        LeasesLost = meter.CreateCounter<long>(
            "redisflow.stream.leases_lost",
            "{message}",
            "Messages that another consumer took over while this one held them."
        );
        CircuitOpened = meter.CreateCounter<long>(
            "redisflow.stream.circuit_opened",
            "{time}",
            "Times a worker stopped to begin messages, since what its handlers depend on was at fault."
        );
        InFlightMessage = new HeldGauge(meter);
        Gaps = meter.CreateCounter<long>(
            "redisflow.stream.tail_gaps",
            "{gap}",
            "Times a tail may have missed messages and started again."
        );
    }

    public Counter<long> Sent { get; }

    public Counter<long> Unconfirmed { get; }

    public Counter<long> Consumed { get; }

    public Histogram<double> OperationDuration { get; }

    public Histogram<double> ProcessDuration { get; }

    public Counter<long> DeadLettered { get; }

    public Counter<long> Retried { get; }

    public Counter<long> Claimed { get; }

    public Counter<long> Replayed { get; }

    public Counter<long> Lost { get; }

    public Counter<long> Healed { get; }

    public Counter<long> LeasesLost { get; }

    public Counter<long> CircuitOpened { get; }

    public Counter<long> Gaps { get; }

    public HeldGauge InFlightMessage { get; }
}
