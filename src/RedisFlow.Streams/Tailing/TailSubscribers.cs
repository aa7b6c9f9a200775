using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Handlers;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Tailing;

/// <summary>For whom a stream's tail follows it: the application's observers, and its own group.</summary>
internal sealed class TailSubscribers(
    [FromKeyedServices] TailRegistration registration,
    [FromKeyedServices] StreamContext stream,
    IServiceProvider services,
    IEnumerable<ConsumerRegistration> consumers,
    TypeRegistry types
)
{
    /// <summary>The application's own group; <c>null</c> if it has none, or several and none was named.</summary>
    public string? Group { get; } =
        registration.Group
        ?? (consumers.Where(consumer => consumer.StreamKey == stream.Key).ToArray() is [var only] ? only.Group : null);

    /// <summary>Resolves the observers. Not before the tail runs: they may need what the tail is part of.</summary>
    public TailDelivery Gather(ILogger logger) =>
        new(
            [
                .. stream.Key == StreamContext.DefaultKey
                    ? services.GetServices<IStreamTailObserver>()
                    : services.GetKeyedServices<IStreamTailObserver>(stream.Key),
            ],
            new MessageDecoder(types),
            Group ?? stream.Options.Application,
            logger
        );
}
