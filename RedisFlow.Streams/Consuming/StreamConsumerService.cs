using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Configuration;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming;

/// <summary>The worker of one consumer group in this instance: replay, take over, read, dispatch; and on a fault, all that again.</summary>
internal sealed class StreamConsumerService(
    ConsumerRegistration registration,
    StreamContext stream,
    GroupDeclaration declaration,
    StreamMetrics metrics,
    StreamConnection connectionSource,
    SharedRedis redis,
    ServerTier server,
    TypeRegistry types,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<StreamConsumerService> logger) : BackgroundService
{
    private readonly StreamOptions _options = stream.Options;
    private readonly ConsumerIdentity _identity = new(stream.Keys, registration.Group, stream.Options.InstanceId);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var signals = new ConsumerSignals();
        var core = new ConsumerCore(CoreOptions.Of(_options), signals, time, Random.Shared);
        using var held = metrics.Held(_identity.Group, () => core.Bytes);
        var decoder = new MessageDecoder(types);
        var pending = new PendingList(_identity, redis);
        var room = new RoomGate(core, signals.Room);
        var intake = new PendingIntake(pending, decoder, core, room, time);
        using var settler = new Settler(_identity, redis, core, signals.Acknowledgements, metrics, time, logger);
        var deadLetters = new DeadLetterOffice(_identity, registration, _options, core, settler, scopes, metrics, time, logger);
        var faults = new FaultHook(_identity, _options.Faults, redis, time, logger);
        var processor = new MessageProcessor(
            _identity, registration, _options, core, deadLetters, faults, scopes, metrics, time, logger);
        signals.RunLane = new LaneRunner(core, processor, stoppingToken).Run;
        var connection = new BlockingConnection(
            connectionSource.ConnectionString!, $"{_identity.Consumer}:{_identity.Group}".Replace(' ', '_'), _identity.Keys.Stream, time);
        await using var disposed = connection.ConfigureAwait(false);
        var reader = new GroupReader(_identity, connection, server, decoder, metrics, time, _options.Lease);
        var pause = new PauseWatch(_identity, redis, core, time, logger);
        using var name = new NameLease(_identity, redis, core, _options.Lease, time, logger, stoppingToken);
        var loop = new ConsumerLoop(
            _identity,
            new ReaderSchedule(time),
            new GroupKeeper(_identity, declaration, redis, metrics, logger),
            new PendingReplay(_identity, pending, intake, metrics, logger),
            new PendingClaimer(_identity, redis, intake, room, metrics, logger, _options.Lease),
            reader,
            pause,
            name,
            core,
            room,
            time,
            logger);
        var leases = new LeaseKeeper(_identity, pending, core, signals.Upkeep, metrics, time, logger);

        logger.ConsumerStarted(_identity.Stream, _identity.Group, _identity.Consumer);
        await name.BeginAsync().ConfigureAwait(false);
        using var end = new CancellationTokenSource();
        var settling = settler.RunAsync();
        var keeping = leases.RunAsync(end.Token);
        var watching = pause.RunAsync(stoppingToken);
        var naming = name.RunAsync(end.Token);
        await loop.RunAsync(stoppingToken).ConfigureAwait(false);

        await DrainAsync(core).ConfigureAwait(false);
        await settler.CompleteAsync(settling, _options.StopTimeout / 4).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(keeping, watching, naming).ConfigureAwait(false);
        await name.ReleaseAsync().ConfigureAwait(false);
        logger.ConsumerStopped(_identity.Stream, _identity.Group, _identity.Consumer, core.Count);
    }

    /// <summary>Waits for what runs; after half of the stop's time cancels it, and waits for a quarter more.</summary>
    private async Task DrainAsync(ConsumerCore core)
    {
        var drained = core.Stop();
        try
        {
            await drained.WaitAsync(_options.StopTimeout / 2, time).ConfigureAwait(false);
            return;
        }
        catch (TimeoutException)
        {
            core.CancelRunning();
        }

        // A handler that ignores cancellation: its message stays pending.
        await ((Task)drained.WaitAsync(_options.StopTimeout / 4, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
