using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Tailing;

/// <summary>
/// A tail's loop, wherever it gets its messages. It begins before any service of the host starts, hence before a first
/// request is served: whatever is cached afterwards was loaded after the position at which the tail began.
/// </summary>
internal abstract class TailService(
    TailSubscribers audience,
    StreamContext stream,
    TailProgress progress,
    TimeProvider time,
    ILogger logger
) : IHostedLifecycleService, IDisposable
{
    /// <summary>How often observers hear that the tail is at the stream's end.</summary>
    protected static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the host's start waits for the tail's; with Redis down, the application starts without it.
    /// </summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>The stream.</summary>
    protected StreamContext Stream { get; } = stream;

    /// <summary>How far the tail is.</summary>
    protected TailProgress Progress { get; } = progress;

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>The log.</summary>
    protected ILogger Logger { get; } = logger;

    /// <summary>Why the tail begins when it begins the next time.</summary>
    protected TailStartReason Reason { get; private set; } = TailStartReason.FirstStart;

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
        try
        {
            await _begun.Task.WaitAsync(StartLimit, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Logger.TailStartsLate(Stream.Name, StartLimit);
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
        await _stop.CancelAsync().ConfigureAwait(false);

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

    /// <summary>
    /// Begins if the tail has not begun; else waits for what comes next, at most about a second, and hands it on.
    /// </summary>
    protected abstract Task StepAsync(TailDelivery delivery, CancellationToken stop);

    /// <summary>A step failed, for whatever reason; the next one follows after a pause.</summary>
    protected abstract void Failed(Exception exception);

    /// <summary>The loop has ended: gives up what it holds.</summary>
    protected abstract ValueTask EndAsync();

    /// <summary>Tells the observers that everything after the position will follow, and nothing before it.</summary>
    protected void Begin(TailDelivery delivery, MessagePosition position)
    {
        delivery.Started(position, Reason);
        Progress.Applied(position);
        Logger.TailStarted(Stream.Name, position, Reason);
        Reason = TailStartReason.Gap;
    }

    /// <summary>The tail has begun: the host's start goes on.</summary>
    protected void Begun() => _begun.TrySetResult();

    private async Task RunAsync(CancellationToken stop)
    {
        var delivery = audience.Gather(Logger);
        var backoff = new Backoff(Time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync(delivery, stop).ConfigureAwait(false);
                backoff.Reset();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            // A tail that ends leaves its instance blind for good; it tries again, and the log has the reason.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Logger.TailFailed(exception, Stream.Name, Progress.AppliedPosition);
                Failed(exception);
                await backoff.DelayAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await EndAsync().ConfigureAwait(false);
    }
}
