using Google.Protobuf;
using Microsoft.Extensions.Logging;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Invalidating;

/// <summary>
/// What a message makes stale in this service. The tail and the group ask the same question and must get the same
/// answer.
/// </summary>
internal sealed class InvalidationResolver(InvalidationMap map, string service, ILogger logger)
{
    /// <summary>
    /// The header with the service whose cache a message is for; without it: for all. Not the envelope's target
    /// application, which names a consumer group or an application: a cache's namespace is neither, and must work where
    /// there is no group.
    /// </summary>
    public const string CacheHeader = "cache-service";

    public IReadOnlyList<CacheInvalidation> Resolve(StreamMessage message, IMessage payload) =>
        Resolve(message, payload.Descriptor.FullName, () => map.Resolve(payload));

    /// <summary>The same for a message whose type or schema this build does not know.</summary>
    public IReadOnlyList<CacheInvalidation> ResolveUnknown(StreamMessage message) =>
        Resolve(message, message.Payload?.TypeUrl ?? "", () => map.ResolveUnknown(message.Subject));

    private IReadOnlyList<CacheInvalidation> Resolve(
        StreamMessage message,
        string type,
        Func<IEnumerable<CacheInvalidation>> resolve
    )
    {
        if (message.Headers.TryGetValue(CacheHeader, out var addressee) && addressee != service)
        {
            return [];
        }

        try
        {
            return [.. resolve()];
        }
        catch (Exception exception)
        {
            // The mapping is the service's code. What it meant to drop is unknown, so everything is dropped.
            CacheLog.MappingFailed(logger, type, exception);
            return [Invalidation.Everything];
        }
    }
}
