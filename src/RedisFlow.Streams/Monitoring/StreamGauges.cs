using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Monitoring;

/// <summary>
/// The state of the application's streams as gauges. Snapshots are taken in the background, each 5 s; a collection
/// reads the last ones and never calls Redis. A snapshot that cannot be renewed is dropped: no value is better than an
/// old one.
/// </summary>
internal sealed class StreamGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly (string Stream, IStreamMonitor Monitor)[] _monitors;
    private readonly TimeProvider _time;
    private readonly ILogger<StreamGauges> _logger;
    private readonly ConcurrentDictionary<string, StreamSnapshot> _snapshots = new(StringComparer.Ordinal);

    public StreamGauges(
        IServiceProvider services,
        IEnumerable<StreamContext> streams,
        IMeterFactory meters,
        TimeProvider time,
        ILogger<StreamGauges> logger
    )
    {
        _monitors =
        [
            .. streams.Select(stream => (stream.Name, services.GetRequiredKeyedService<IStreamMonitor>(stream.Key))),
        ];
        _time = time;
        _logger = logger;
        var meter = meters.Create(StreamTelemetry.Name);
        meter.CreateObservableGauge(
            "redisflow.stream.length",
            () => Streams(s => s.Length),
            "{message}",
            "Entries in the stream."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.dead_letters",
            () => Streams(s => s.DeadLetters),
            "{message}",
            "Entries in the dead-letter stream."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.lag",
            () => Groups(g => g.Lag),
            "{message}",
            "Entries not yet delivered to the group; absent if unknown."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.pending",
            () => Groups<long>(g => g.Pending),
            "{message}",
            "Entries delivered to the group and not acknowledged."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.oldest_pending_age",
            () => Groups<double>(g => g.OldestPendingAge?.TotalSeconds ?? 0),
            "s",
            "How long ago the group's oldest pending entry was published; 0 if nothing is pending."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.oldest_pending_idle",
            () => Groups<double>(g => g.OldestPendingIdle?.TotalSeconds ?? 0),
            "s",
            "How long ago the group's oldest pending entry was delivered or renewed; 0 if nothing is pending."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.consumers",
            () => Groups<long>(g => g.Consumers.Count),
            "{consumer}",
            "Consumers that the group knows."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.missing",
            () => Groups<long>(g => g.Exists ? 0 : 1),
            "{group}",
            "1 if the group is declared and does not exist, else 0."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.paused",
            () => Groups<long>(g => g.Paused is null ? 0 : 1),
            "{group}",
            "1 if the group is paused, else 0."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.parked",
            () => Groups<long>(g => g.Parked),
            "{message}",
            "Messages that are parked for the group, until a worker of it knows their type."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.delayed",
            () => Streams(s => s.Delayed),
            "{message}",
            "Messages that wait for their time to be published."
        );
        meter.CreateObservableGauge(
            "redisflow.stream.memory",
            () => Streams(s => s.MemoryBytes),
            "By",
            "Memory that the stream takes, estimated; absent if unknown."
        );
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            foreach (var (stream, monitor) in _monitors)
            {
                await TakeAsync(stream, monitor, stoppingToken).ConfigureAwait(false);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task TakeAsync(string stream, IStreamMonitor monitor, CancellationToken stop)
    {
        try
        {
            _snapshots[stream] = await monitor.GetSnapshotAsync(stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Gauges must not stop the application; the log has the reason.
        catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _snapshots.TryRemove(stream, out _);
            _logger.SnapshotFailed(exception, stream);
        }
    }

    private IEnumerable<Measurement<long>> Streams(Func<StreamSnapshot, long?> value) =>
        from snapshot in _snapshots.Values
        let measured = value(snapshot)
        where measured is not null
        select new Measurement<long>(measured.Value, Tag(snapshot));

    private IEnumerable<Measurement<T>> Groups<T>(Func<GroupSnapshot, T?> value)
        where T : struct =>
        from snapshot in _snapshots.Values
        from @group in snapshot.Groups
        let measured = value(@group)
        where measured is not null
        select new Measurement<T>(
            measured.Value,
            Tag(snapshot),
            new KeyValuePair<string, object?>(StreamTelemetry.GroupKey, @group.Name)
        );

    private static KeyValuePair<string, object?> Tag(StreamSnapshot snapshot) =>
        new(StreamTelemetry.DestinationKey, snapshot.Stream);
}
