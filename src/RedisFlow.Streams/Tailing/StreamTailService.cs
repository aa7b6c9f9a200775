using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Tailing;

/// <summary>The tail that reads the stream: what it missed while it was cut off, it reads afterwards.</summary>
internal sealed class StreamTailService(
    [FromKeyedServices] TailSubscribers audience,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] TailProgress progress,
    [FromKeyedServices] StreamMetrics metrics,
    StreamConnection connectionSource,
    SharedRedis redis,
    TimeProvider time,
    ILogger<StreamTailService> logger
) : TailService(audience, stream, progress, time, logger)
{
    private readonly StreamKeys _keys = stream.Keys;
    private readonly string? _group = audience.Group;
    private readonly BlockingConnection _connection = new(
        connectionSource.ConnectionString!,
        $"{stream.Options.InstanceId}:tail".Replace(' ', '_'),
        stream.Keys.Stream,
        time
    );
    private readonly GapDetector _gaps = new();
    private TailReader? _reader;
    private bool _isStarted;
    private MessagePosition? _settled;
    private long _asked;
    private long _lastState;
    private bool _heartbeatDue;

    /// <inheritdoc/>
    protected override async Task StepAsync(TailDelivery delivery, CancellationToken stop)
    {
        if (!_isStarted)
        {
            await BeginAsync(delivery, stop).ConfigureAwait(false);
            return;
        }

        if (!_gaps.IsBehind && (_heartbeatDue || Time.GetElapsedTime(_lastState) >= HeartbeatInterval))
        {
            var state = await ReadStateAsync(stop).ConfigureAwait(false);
            _settled = state.Settled;
            _heartbeatDue = true;
            if (_gaps.Compare(state) is { } gap)
            {
                Restart(gap);
                return;
            }

            HeartbeatIfCaughtUp(delivery);
        }

        _reader ??= new TailReader(_keys, _connection, Stream.Options, Time);
        if (_reader.IsRestDue)
        {
            await Progress.RestAsync(ReadPace.Rest, stop).ConfigureAwait(false);
        }

        var entries = await _reader.ReadAsync(Progress.AppliedPosition, stop).ConfigureAwait(false);
        Progress.Heard();
        foreach (var entry in entries)
        {
            delivery.Entry(entry);
            Progress.Applied(entry.Position);
            if (_gaps.Applied(entry.Position) is { } gap)
            {
                Restart(gap);
                return;
            }

            HeartbeatIfCaughtUp(delivery);
        }

        // Behind and nothing to read: what the state promised is not there.
        if (entries.Count == 0 && _gaps.IsBehind && !stop.IsCancellationRequested)
        {
            Restart("the stream's last entries were removed before they were seen");
        }
    }

    /// <inheritdoc/>
    protected override void Failed(Exception exception)
    {
        if (exception is TailObserverException)
        {
            _isStarted = false;
        }

        // The state is read and compared before the next heartbeat.
        _gaps.Forget();
        _heartbeatDue = true;
    }

    /// <inheritdoc/>
    protected override ValueTask EndAsync() => _connection.DisposeAsync();

    private async Task BeginAsync(TailDelivery delivery, CancellationToken stop)
    {
        var state = await ReadStateAsync(stop).ConfigureAwait(false);
        _gaps.Begin(state);
        _settled = state.Settled;
        Begin(delivery, state.Last);
        _isStarted = true;
        _heartbeatDue = true;
        HeartbeatIfCaughtUp(delivery);
        Begun();
    }

    private async Task<StreamState> ReadStateAsync(CancellationToken stop)
    {
        // Before the question: an answer that lies about while the process is suspended is as old as the question.
        var asked = Time.GetTimestamp();
        var state = await StreamState.ReadAsync(redis, _keys, _group, stop).ConfigureAwait(false);
        _asked = asked;
        _lastState = Time.GetTimestamp();
        Progress.Heard();
        return state;
    }

    private void HeartbeatIfCaughtUp(TailDelivery delivery)
    {
        if (_heartbeatDue && !_gaps.IsBehind)
        {
            _heartbeatDue = false;
            delivery.Heartbeat(Progress.AppliedPosition, _settled, Time.GetElapsedTime(_asked));
        }
    }

    private void Restart(string gap)
    {
        Logger.TailGap(Stream.Name, Progress.AppliedPosition, gap);
        metrics.Gap();
        _isStarted = false;
    }
}
