using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Configuration;
using RedisFlow.Streams.Consuming;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Tailing;

/// <summary>
/// The tail's loop. It begins before any service of the host starts, hence before a first request is served: whatever is cached
/// afterwards was loaded after the position at which the tail began.
/// </summary>
internal sealed class StreamTailService(
    [FromKeyedServices] TailRegistration registration,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] TailProgress progress,
    [FromKeyedServices] StreamMetrics metrics,
    IServiceProvider services,
    IEnumerable<ConsumerRegistration> consumers,
    StreamConnection connectionSource,
    SharedRedis redis,
    TypeRegistry types,
    TimeProvider time,
    ILogger<StreamTailService> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>How long the host's start waits for the tail's; with Redis down, the application starts without it.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    private readonly StreamKeys _keys = stream.Keys;
    private readonly string? _group = registration.Group ?? (consumers.Where(consumer => consumer.StreamKey == stream.Key).ToArray() is [var only] ? only.Group : null);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GapDetector _gaps = new();
    private Task _loop = Task.CompletedTask;
    private bool _isStarted;
    private TailStartReason _reason = TailStartReason.FirstStart;
    private StreamPosition? _settled;
    private long _asked;
    private long _lastState;
    private bool _heartbeatDue;
    private bool _isDisposed;

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
        try
        {
            await _begun.Task.WaitAsync(StartLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            logger.TailStartsLate(_keys.StreamName, StartLimit);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Last of all: while requests may still be served, the tail goes on.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();

        // When the host's time is over, it is over; the loop ends by itself.
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The container disposes it once for each registration that leads to it.
        if (!_isDisposed)
        {
            _isDisposed = true;
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var delivery = new TailDelivery(Observers(), new MessageDecoder(types), _group ?? stream.Options.Application, logger);
        await using var connection = new BlockingConnection(
            connectionSource.ConnectionString!, $"{stream.Options.InstanceId}:tail".Replace(' ', '_'), time);
        var reader = new TailReader(_keys, connection);
        var backoff = new Backoff(time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync(reader, delivery, stop);
                backoff.Reset();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A tail that ends leaves its instance blind for good; it tries again, and the log has the reason.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.TailFailed(exception, _keys.StreamName, progress.AppliedPosition);
                if (exception is TailObserverException)
                {
                    _isStarted = false;
                }

                // The state is read and compared before the next heartbeat.
                _gaps.Forget();
                _heartbeatDue = true;
                if (!await TryDelayAsync(backoff, stop))
                {
                    return;
                }
            }
        }
    }

    private IStreamTailObserver[] Observers() =>
        [.. stream.Key == StreamContext.DefaultKey
            ? services.GetServices<IStreamTailObserver>()
            : services.GetKeyedServices<IStreamTailObserver>(stream.Key)];

    private static async Task<bool> TryDelayAsync(Backoff backoff, CancellationToken stop)
    {
        try
        {
            await backoff.DelayAsync(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task StepAsync(TailReader reader, TailDelivery delivery, CancellationToken stop)
    {
        if (!_isStarted)
        {
            await BeginAsync(delivery, stop);
            return;
        }

        if (!_gaps.IsBehind && (_heartbeatDue || time.GetElapsedTime(_lastState) >= HeartbeatInterval))
        {
            var state = await ReadStateAsync(stop);
            _settled = state.Settled;
            _heartbeatDue = true;
            if (_gaps.Compare(state) is { } gap)
            {
                Restart(gap);
                return;
            }

            HeartbeatIfCaughtUp(delivery);
        }

        var entries = await reader.ReadAsync(progress.AppliedPosition, stop);
        progress.Heard();
        foreach (var entry in entries)
        {
            delivery.Entry(entry);
            progress.Applied(entry.Position);
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

    private async Task BeginAsync(TailDelivery delivery, CancellationToken stop)
    {
        var state = await ReadStateAsync(stop);
        _gaps.Begin(state);
        _settled = state.Settled;
        delivery.Started(state.Last, _reason);
        progress.Applied(state.Last);
        logger.TailStarted(_keys.StreamName, state.Last, _reason);
        _reason = TailStartReason.Gap;
        _isStarted = true;
        _heartbeatDue = true;
        HeartbeatIfCaughtUp(delivery);
        _begun.TrySetResult();
    }

    private async Task<StreamState> ReadStateAsync(CancellationToken stop)
    {
        // Before the question: an answer that lies about while the process is suspended is as old as the question.
        var asked = time.GetTimestamp();
        var state = await StreamState.ReadAsync(redis, _keys, _group, stop);
        _asked = asked;
        _lastState = time.GetTimestamp();
        progress.Heard();
        return state;
    }

    private void HeartbeatIfCaughtUp(TailDelivery delivery)
    {
        if (_heartbeatDue && !_gaps.IsBehind)
        {
            _heartbeatDue = false;
            delivery.Heartbeat(progress.AppliedPosition, _settled, time.GetElapsedTime(_asked));
        }
    }

    private void Restart(string gap)
    {
        logger.TailGap(_keys.StreamName, progress.AppliedPosition, gap);
        metrics.Gap();
        _isStarted = false;
    }
}
