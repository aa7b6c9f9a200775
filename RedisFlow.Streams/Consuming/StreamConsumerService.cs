using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Configuration;
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
    TypeRegistry types,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<StreamConsumerService> logger) : BackgroundService
{
    private static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(2);

    private readonly StreamOptions _options = stream.Options;
    private readonly ConsumerIdentity _identity = new(stream.Keys, registration.Group, stream.Options.InstanceId);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var claimInterval = _options.Lease / 2;
        var block = claimInterval < LongestBlock ? claimInterval : LongestBlock;
        var decoder = new MessageDecoder(types);
        var inFlight = new InFlight();
        var pending = new PendingList(_identity, redis);
        using var settler = new Settler(_identity, redis, inFlight, metrics, time, logger);
        var faults = new FaultHook(_identity, _options.Faults, redis, time, logger);
        var processor = new MessageProcessor(
            _identity, registration, _options, pending, settler, inFlight, faults, scopes, metrics, time, logger);
        using var dispatcher = new Dispatcher(processor, decoder, inFlight, _options.MaxConcurrency, stoppingToken);
        await using var connection = new BlockingConnection(
            connectionSource.ConnectionString!, $"{_identity.Consumer}:{_identity.Group}".Replace(' ', '_'), time);
        var loop = new ConsumerLoop(
            _identity,
            new GroupKeeper(_identity, declaration, redis, metrics, logger),
            new PendingReplay(_identity, pending, dispatcher, inFlight, metrics, logger),
            new PendingClaimer(_identity, redis, pending, dispatcher, inFlight, metrics, logger, _options.Lease),
            new GroupReader(_identity, connection, decoder, metrics, time, block),
            dispatcher,
            claimInterval,
            time,
            logger);

        logger.ConsumerStarted(_identity.Stream, _identity.Group, _identity.Consumer);
        var settling = settler.RunAsync();
        await loop.RunAsync(stoppingToken);

        await dispatcher.DrainAsync(_options.StopTimeout / 2, _options.StopTimeout / 4, time);
        await settler.CompleteAsync(settling, _options.StopTimeout / 4);
        logger.ConsumerStopped(_identity.Stream, _identity.Group, _identity.Consumer, inFlight.Count);
    }
}
