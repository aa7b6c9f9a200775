using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Telemetry;

/// <summary>Counts and measures what happens on one stream.</summary>
internal sealed class StreamMetrics(StreamInstruments instruments, [FromKeyedServices] StreamContext stream)
{
    public void Sent(TimeSpan duration, Exception? error = null, int count = 1)
    {
        var tags = Tags("send", null, error);
        if (error is null)
        {
            instruments.Sent.Add(count, tags);
        }

        instruments.OperationDuration.Record(duration.TotalSeconds, tags);
    }

    public void Confirmed(TimeSpan duration, Exception? error, int count)
    {
        instruments.OperationDuration.Record(duration.TotalSeconds, Tags("confirm", null, error));
        if (error is not null)
        {
            instruments.Unconfirmed.Add(count, new TagList { { StreamTelemetry.DestinationKey, stream.Name } });
        }
    }

    public void Received(string group, int count, TimeSpan duration)
    {
        var tags = Tags("receive", group);
        instruments.Consumed.Add(count, tags);
        instruments.OperationDuration.Record(duration.TotalSeconds, tags);
    }

    public void Settled(string group, string operation, TimeSpan duration, Exception? error = null) =>
        instruments.OperationDuration.Record(duration.TotalSeconds, Tags(operation, group, error));

    public void Processed(string group, TimeSpan duration, Exception? error = null) =>
        instruments.ProcessDuration.Record(duration.TotalSeconds, Tags("process", group, error));

    public void DeadLettered(string group, string reason)
    {
        var tags = StreamAndGroup(group);
        tags.Add("reason", reason);
        instruments.DeadLettered.Add(1, tags);
    }

    public void Retried(string group) => instruments.Retried.Add(1, StreamAndGroup(group));

    public void Claimed(string group, int count) => instruments.Claimed.Add(count, StreamAndGroup(group));

    public void Replayed(string group, int count) => instruments.Replayed.Add(count, StreamAndGroup(group));

    public void Lost(string group, int count) => instruments.Lost.Add(count, StreamAndGroup(group));

    public void Healed(string group) => instruments.Healed.Add(1, StreamAndGroup(group));

    public void LeasesLost(string group, int count) => instruments.LeasesLost.Add(count, StreamAndGroup(group));

    public void CircuitOpened(string group) => instruments.CircuitOpened.Add(1, StreamAndGroup(group));

    /// <summary>Measures how many bytes the group's worker holds, until the result is disposed.</summary>
    public IDisposable InFlightMessage(string group, Func<long> bytes) =>
        instruments.InFlightMessage.Include(stream.Name, group, bytes);

    public void Gap() => instruments.Gaps.Add(1, new TagList { { StreamTelemetry.DestinationKey, stream.Name } });

    private TagList StreamAndGroup(string group) =>
        new() { { StreamTelemetry.DestinationKey, stream.Name }, { StreamTelemetry.GroupKey, group } };

    private TagList Tags(string operation, string? group, Exception? error = null)
    {
        var tags = new TagList
        {
            { StreamTelemetry.SystemKey, StreamTelemetry.System },
            { StreamTelemetry.DestinationKey, stream.Name },
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
