using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Consuming.Reading;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming;

/// <summary>
/// The worker of one consumer group in this instance: replay, take over, read, dispatch; and on a fault, all that
/// again.
/// </summary>
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
    ILogger<StreamConsumerService> logger
) : BackgroundService
{
    private readonly StreamOptions _options = stream.Options;
    private readonly ConsumerIdentity _identity = new(stream.Keys, registration.Group, stream.Options.InstanceId);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var parkedSubjects = new ParkedSubjects(_identity, redis);
        using var handling = new HandlingSide(
            _identity,
            registration,
            _options,
            _options.ParkedRetention > TimeSpan.Zero ? parkedSubjects : null,
            redis,
            scopes,
            metrics,
            time,
            logger,
            stoppingToken
        );
        var parkedIdentity = _identity.OfParked();
        using var parked = new HandlingSide(
            parkedIdentity,
            registration,
            _options,
            null,
            redis,
            scopes,
            metrics,
            time,
            logger,
            stoppingToken
        );
        using var held = metrics.InFlightMessage(_identity.Group, () => handling.Core.Bytes + parked.Core.Bytes);
        ConsumerStateMachine[] cores = [handling.Core, parked.Core];
        var connection = new BlockingConnection(
            connectionSource.ConnectionString!,
            $"{_identity.Consumer}:{_identity.Group}".Replace(' ', '_'),
            _identity.Keys.Stream,
            time
        );
        await using var disposed = connection.ConfigureAwait(false);
        var decoder = new MessageDecoder(types);
        var intake = new PendingIntake(
            handling.Pending,
            decoder,
            parkedSubjects,
            handling.Core,
            handling.Capacity,
            time
        );
        var pause = new PauseMonitor(_identity, redis, cores, time, logger);
        using var name = new NameLease(_identity, redis, cores, _options.LeaseDuration, time, logger, stoppingToken);
        var loop = new ConsumerLoop(
            _identity,
            new ReaderSchedule(time),
            new ConsumerGroupInitializer(_identity, declaration, redis, metrics, logger),
            new PendingReplay(_identity, handling.Pending, intake, metrics, logger),
            new PendingClaimer(_identity, redis, intake, handling.Capacity, metrics, logger, _options.LeaseDuration),
            new GroupReader(
                _identity,
                connection,
                server,
                decoder,
                parkedSubjects,
                metrics,
                time,
                _options.LeaseDuration
            ),
            pause,
            name,
            handling.Core,
            handling.Capacity,
            time,
            logger
        );
        var parkedIntake = new PendingIntake(parked.Pending, decoder, null, parked.Core, parked.Capacity, time);
        var parkedReturn = new ParkedReturn(
            parkedIdentity,
            new ParkedMessages(parkedIdentity, redis, _options.LeaseDuration),
            decoder,
            parkedIntake,
            parked.Core,
            name,
            _options,
            time,
            logger
        );

        logger.ConsumerStarted(_identity.Stream, _identity.Group, _identity.Consumer);
        await name.BeginAsync().ConfigureAwait(false);
        using var end = new CancellationTokenSource();
        handling.Start();
        parked.Start();
        var watching = pause.RunAsync(stoppingToken);
        var naming = name.RunAsync(end.Token);
        var returning = parkedReturn.RunAsync(stoppingToken);
        await loop.RunAsync(stoppingToken).ConfigureAwait(false);

        await Task.WhenAll(handling.StopAsync(), parked.StopAsync(), returning).ConfigureAwait(false);
        await parkedReturn.ReleaseAsync().ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(watching, naming).ConfigureAwait(false);
        await name.ReleaseAsync().ConfigureAwait(false);
        logger.ConsumerStopped(
            _identity.Stream,
            _identity.Group,
            _identity.Consumer,
            handling.Core.Count + parked.Core.Count
        );
    }
}
