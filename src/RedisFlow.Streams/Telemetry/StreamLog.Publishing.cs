using Microsoft.Extensions.Logging;

namespace RedisFlow.Streams.Telemetry;

/// <summary>What the publishing side logs.</summary>
internal static partial class StreamLog
{
    [LoggerMessage(
        50,
        LogLevel.Warning,
        "Stream {Stream}: publishing the delayed messages that are due failed; trying again."
    )]
    public static partial void MoveDueFailed(this ILogger logger, Exception exception, string stream);

    [LoggerMessage(
        51,
        LogLevel.Error,
        "Stream {Stream}: the delayed message {MessageId} is due, but its data was removed by something else; it is "
            + "lost."
    )]
    public static partial void DelayedLost(this ILogger logger, string stream, string messageId);
}
