using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Monitoring;

/// <summary>
/// The stream's state as gauges. A snapshot is taken in the background, each 5 s; a collection reads the last one and never calls Redis.
/// A snapshot that cannot be renewed is dropped: no value is better than an old one.
/// </summary>
internal sealed class StreamGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly IStreamMonitor _monitor;
    private readonly TimeProvider _time;
    private readonly ILogger<StreamGauges> _logger;
    private readonly string _stream;
    private volatile StreamSnapshot? _snapshot;

    public StreamGauges(
        IStreamMonitor monitor,
        IMeterFactory meters,
        Microsoft.Extensions.Options.IOptions<StreamOptions> options,
        TimeProvider time,
        ILogger<StreamGauges> logger)
    {
        _monitor = monitor;
        _time = time;
        _logger = logger;
        _stream = options.Value.Name;
        var meter = meters.Create(StreamTelemetry.Name);
        meter.CreateObservableGauge("redisflow.stream.length", () => Stream(s => s.Length), "{message}", "Entries in the stream.");
        meter.CreateObservableGauge("redisflow.stream.dead_letters", () => Stream(s => s.DeadLetters), "{message}", "Entries in the dead-letter stream.");
        meter.CreateObservableGauge(
            "redisflow.stream.lag", () => Groups(g => g.Lag), "{message}", "Entries not yet delivered to the group; absent if unknown.");
        meter.CreateObservableGauge(
            "redisflow.stream.pending", () => Groups<long>(g => g.Pending), "{message}", "Entries delivered to the group and not acknowledged.");
        meter.CreateObservableGauge(
            "redisflow.stream.oldest_pending_age",
            () => Groups<double>(g => g.OldestPendingAge?.TotalSeconds ?? 0),
            "s",
            "How long ago the group's oldest pending entry was published; 0 if nothing is pending.");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            try
            {
                _snapshot = await _monitor.GetSnapshotAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Gauges must not stop the application; the log has the reason.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _snapshot = null;
                _logger.SnapshotFailed(exception, _stream);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<long>> Stream(Func<StreamSnapshot, long> value) =>
        _snapshot is { } snapshot ? [new Measurement<long>(value(snapshot), new KeyValuePair<string, object?>(StreamTelemetry.DestinationKey, snapshot.Stream))] : [];

    private IEnumerable<Measurement<T>> Groups<T>(Func<GroupSnapshot, T?> value)
        where T : struct =>
        _snapshot is { } snapshot
            ? from @group in snapshot.Groups
              let measured = value(@group)
              where measured is not null
              select new Measurement<T>(
                  measured.Value,
                  new KeyValuePair<string, object?>(StreamTelemetry.DestinationKey, snapshot.Stream),
                  new KeyValuePair<string, object?>(StreamTelemetry.GroupKey, @group.Name))
            : [];
}
