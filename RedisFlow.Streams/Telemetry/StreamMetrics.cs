using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace RedisFlow.Streams.Telemetry;

/// <summary>Counters and durations of the engine. Gauges are in <see cref="Monitoring.StreamGauges"/>.</summary>
internal sealed class StreamMetrics
{
    /// <summary>The bucket boundaries that the OpenTelemetry messaging conventions advise; the default ones are made for milliseconds.</summary>
    private static readonly InstrumentAdvice<double> Seconds =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private readonly Counter<long> _sent;
    private readonly Counter<long> _consumed;
    private readonly Histogram<double> _operationDuration;
    private readonly Histogram<double> _processDuration;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _claimed;
    private readonly Counter<long> _replayed;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _healed;
    private readonly Counter<long> _gaps;
    private readonly string _stream;

    public StreamMetrics(IMeterFactory meters, IOptions<StreamOptions> options)
    {
        var meter = meters.Create(StreamTelemetry.Name);
        _stream = options.Value.Name;
        _sent = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages that were published.");
        _consumed = meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages that were delivered.");
        _operationDuration = meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of sends, receives and settlements.", tags: null, advice: Seconds);
        _processDuration = meter.CreateHistogram<double>("messaging.process.duration", "s", "Duration of handling a message.", tags: null, advice: Seconds);
        _deadLettered = meter.CreateCounter<long>("redisflow.stream.dead_lettered", "{message}", "Messages that were moved to the dead-letter stream.");
        _retried = meter.CreateCounter<long>("redisflow.stream.retried", "{message}", "Deliveries after a failed handler.");
        _claimed = meter.CreateCounter<long>("redisflow.stream.claimed", "{message}", "Messages taken over from another consumer.");
        _replayed = meter.CreateCounter<long>("redisflow.stream.replayed", "{message}", "Messages replayed from the consumer's own pending list.");
        _lost = meter.CreateCounter<long>("redisflow.stream.lost", "{message}", "Pending entries whose data was removed before they were handled.");
        _healed = meter.CreateCounter<long>("redisflow.stream.group_healed", "{group}", "Consumer groups that were missing and created anew.");
        _gaps = meter.CreateCounter<long>("redisflow.stream.tail_gaps", "{gap}", "Times a tail may have missed messages and began anew.");
    }

    public void Sent(TimeSpan duration, Exception? error = null)
    {
        var tags = Tags("send", null, error);
        if (error is null)
        {
            _sent.Add(1, tags);
        }

        _operationDuration.Record(duration.TotalSeconds, tags);
    }

    public void Received(string group, int count, TimeSpan duration)
    {
        var tags = Tags("receive", group);
        _consumed.Add(count, tags);
        _operationDuration.Record(duration.TotalSeconds, tags);
    }

    public void Settled(string group, string operation, TimeSpan duration, Exception? error = null) =>
        _operationDuration.Record(duration.TotalSeconds, Tags(operation, group, error));

    public void Processed(string group, TimeSpan duration, Exception? error = null) =>
        _processDuration.Record(duration.TotalSeconds, Tags("process", group, error));

    public void DeadLettered(string group, string reason)
    {
        var tags = StreamAndGroup(group);
        tags.Add("reason", reason);
        _deadLettered.Add(1, tags);
    }

    public void Retried(string group) => _retried.Add(1, StreamAndGroup(group));

    public void Claimed(string group, int count) => _claimed.Add(count, StreamAndGroup(group));

    public void Replayed(string group, int count) => _replayed.Add(count, StreamAndGroup(group));

    public void Lost(string group, int count) => _lost.Add(count, StreamAndGroup(group));

    public void Healed(string group) => _healed.Add(1, StreamAndGroup(group));

    public void Gap() => _gaps.Add(1, new TagList { { StreamTelemetry.DestinationKey, _stream } });

    private TagList StreamAndGroup(string group) => new() { { StreamTelemetry.DestinationKey, _stream }, { StreamTelemetry.GroupKey, group } };

    private TagList Tags(string operation, string? group, Exception? error = null)
    {
        var tags = new TagList
        {
            { StreamTelemetry.SystemKey, StreamTelemetry.System },
            { StreamTelemetry.DestinationKey, _stream },
            { StreamTelemetry.OperationKey, operation },
        };
        if (group is not null)
        {
            tags.Add(StreamTelemetry.GroupKey, group);
        }

        if (error is not null)
        {
            tags.Add(StreamTelemetry.ErrorKey, error.GetType().FullName);
        }

        return tags;
    }
}
