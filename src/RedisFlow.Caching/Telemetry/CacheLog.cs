using Microsoft.Extensions.Logging;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Telemetry;

/// <summary>What the cache logs.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(
        1,
        LogLevel.Warning,
        "Messages may have been missed: the memory of this instance was flushed, and starts again at {Position}"
    )]
    public static partial void Flushed(ILogger logger, MessagePosition position);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "The entry at {Position} cannot be decoded; everything cached before it is dropped"
    )]
    public static partial void Undecodable(ILogger logger, MessagePosition position);

    [LoggerMessage(
        13,
        LogLevel.Debug,
        "The message at {Position} has a type or a schema that this build does not know ({PayloadType}); what its "
            + "subject concerns is dropped"
    )]
    public static partial void Unknown(ILogger logger, MessagePosition position, string payloadType);

    [LoggerMessage(
        3,
        LogLevel.Error,
        "The mapping of {PayloadType} to cache keys failed; everything cached is dropped"
    )]
    public static partial void MappingFailed(ILogger logger, string payloadType, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "Redis failed ({Operation}); the cache goes on without")]
    public static partial void L2Failed(ILogger logger, string operation, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "{Key} in Redis cannot be read; it counts as absent and is overwritten")]
    public static partial void Unreadable(ILogger logger, string key, Exception? exception);

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "The value of {Key} cannot be serialized as {Type} and read back; it is not cached. Said once for each key"
    )]
    public static partial void NotSerializable(ILogger logger, string key, string type, Exception exception);

    [LoggerMessage(
        7,
        LogLevel.Warning,
        "The value of {Key} has {Length} bytes, more than Caching:MaxPayloadBytes, {Limit}; it is not cached. Said "
            + "once for each key"
    )]
    public static partial void TooLarge(ILogger logger, string key, int length, int limit);

    [LoggerMessage(
        8,
        LogLevel.Warning,
        "Loading {Key} failed; what is cached is served for as long as its policy allows"
    )]
    public static partial void LoadFailed(ILogger logger, string key, Exception exception);

    [LoggerMessage(9, LogLevel.Information, "The cache is warm ({WarmUp}), after {Duration}")]
    public static partial void WarmedUp(ILogger logger, string warmUp, TimeSpan duration);

    [LoggerMessage(10, LogLevel.Warning, "The warm-up {WarmUp} failed; its entries are loaded when they are asked for")]
    public static partial void WarmUpFailed(ILogger logger, string warmUp, Exception exception);

    [LoggerMessage(
        12,
        LogLevel.Information,
        "{Key} was asked for before the stream's tail has started: nothing is cached yet. The tail starts with the "
            + "host. Said once"
    )]
    public static partial void NothingCachedYet(ILogger logger, string key);

    [LoggerMessage(
        11,
        LogLevel.Warning,
        "Loading {Key} takes longer than Caching:MaxLoadTime, {Limit}: it is cancelled, and another caller loads the "
            + "value"
    )]
    public static partial void LoadHangs(ILogger logger, string key, TimeSpan limit);
}
