using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Dispatching;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Handling;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Consuming.Pending;
using RedisFlow.Streams.Consuming.Reading;
using RedisFlow.Streams.Consuming.Settling;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using RedisFlow.Streams.Threading;

namespace RedisFlow.Streams.Consuming;

/// <summary>
/// The handling side of a worker: what it holds is run in lanes, renewed, tried again, and settled. A worker has one
/// for what it reads from the stream, and one for what its group has parked.
/// </summary>
internal sealed class HandlingSide : IConsumerSignals, IDisposable
{
    private readonly AsyncSignal _capacityFreed = new();
    private readonly AsyncSignal _dueWorkChanged = new();
    private readonly AsyncSignal _acknowledgementsWaiting = new();
    private readonly CancellationTokenSource _end = new();
    private readonly TimeSpan _stopTimeout;
    private readonly TimeProvider _time;
    private readonly Acknowledger _acknowledger;
    private readonly LeaseKeeper _leases;
    private readonly LaneRunner _lanes;
    private Task _settling = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;

    /// <param name="identity">Who handles what.</param>
    /// <param name="registration">By what.</param>
    /// <param name="options">The settings.</param>
    /// <param name="parkedSubjects">Where messages that this build cannot decode are parked; <c>null</c>: they are
    /// given up.</param>
    /// <param name="redis">The shared connection.</param>
    /// <param name="scopes">For the handlers.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="stop">The worker stops.</param>
    public HandlingSide(
        ConsumerIdentity identity,
        ConsumerRegistration registration,
        StreamOptions options,
        ParkedSubjects? parkedSubjects,
        SharedRedis redis,
        IServiceScopeFactory scopes,
        StreamMetrics metrics,
        TimeProvider time,
        ILogger logger,
        CancellationToken stop
    )
    {
        (_stopTimeout, _time) = (options.ShutdownTimeout, time);
        Core = new ConsumerStateMachine(CoreOptions.Of(options), this, time, Random.Shared);
        Pending = new PendingList(identity, redis);
        Capacity = new CapacityGate(Core, _capacityFreed);
        _acknowledger = new Acknowledger(identity, redis, Core, _acknowledgementsWaiting, metrics, time, logger);
        _leases = new LeaseKeeper(identity, Pending, Core, _dueWorkChanged, metrics, time, logger);
        var teller = new LossTeller(identity, options, scopes, time, logger);
        var deadLetters = new DeadLetterWriter(identity, registration, teller, Core, _acknowledger, metrics, logger);
        var parking = parkedSubjects is null
            ? null
            : new ParkedMessageWriter(identity, registration, parkedSubjects, teller, Core, _acknowledger, logger);
        var processor = new MessageProcessor(
            identity,
            registration,
            options,
            Core,
            deadLetters,
            parking,
            scopes,
            metrics,
            time,
            logger
        );
        _lanes = new LaneRunner(Core, processor, stop);
    }

    /// <summary>The decisions.</summary>
    public ConsumerStateMachine Core { get; }

    /// <summary>The consumer's part of the pending list.</summary>
    public PendingList Pending { get; }

    /// <summary>Whether there is room for more.</summary>
    public CapacityGate Capacity { get; }

    /// <summary>Begins to settle and to renew.</summary>
    public void Start()
    {
        _settling = _acknowledger.RunAsync();
        _keeping = _leases.RunAsync(_end.Token);
    }

    /// <summary>
    /// Begins nothing any more, waits for what runs, cancels it after half of the stop's time, and waits for a quarter
    /// more; then settles for the last quarter.
    /// </summary>
    public async Task StopAsync()
    {
        await DrainAsync().ConfigureAwait(false);
        await _acknowledger.CompleteAsync(_settling, _stopTimeout / 4).ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _acknowledger.Dispose();
        _end.Dispose();
        _capacityFreed.Dispose();
        _dueWorkChanged.Dispose();
        _acknowledgementsWaiting.Dispose();
    }

    void IConsumerSignals.LaneReady(int lane) => _lanes.Run(lane);

    void IConsumerSignals.CapacityFreed() => _capacityFreed.Set();

    void IConsumerSignals.DueWorkChanged() => _dueWorkChanged.Set();

    void IConsumerSignals.AcknowledgementsWaiting() => _acknowledgementsWaiting.Set();

    private async Task DrainAsync()
    {
        var drained = Core.Stop();
        try
        {
            await drained.WaitAsync(_stopTimeout / 2, _time).ConfigureAwait(false);
            return;
        }
        catch (TimeoutException)
        {
            Core.CancelRunning();
        }

        // A handler that ignores cancellation: its message stays pending.
        await ((Task)drained.WaitAsync(_stopTimeout / 4, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
