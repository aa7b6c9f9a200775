using Microsoft.Extensions.Logging;

namespace RedisFlow.Streams.EntityFrameworkCore.Telemetry;

/// <summary>The log messages of outbox and inbox.</summary>
internal static partial class DatabaseLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Context}: {Count} events are committed and not known to be published; the relay publishes them."
    )]
    public static partial void LeftToRelay(this ILogger logger, Exception exception, string context, int count);

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "{Context}: the relay could not be woken; it looks by itself within Streams:Outbox:PollInterval."
    )]
    public static partial void RelayNotWoken(this ILogger logger, Exception exception, string context);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Context}: {Owner} relays events, with fence {Fence}.")]
    public static partial void RelayStarted(this ILogger logger, string context, string owner, long fence);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Context}: the relay published {Count} events.")]
    public static partial void Relayed(this ILogger logger, string context, int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Context}: the relay failed and tries again; committed events wait for it."
    )]
    public static partial void RelayFailed(this ILogger logger, Exception exception, string context);

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "{Group}: {MessageId} at {Position} was handled before; it has no effect."
    )]
    public static partial void HandledBefore(
        this ILogger logger,
        string group,
        string messageId,
        MessagePosition position
    );

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Context}: old message ids of the inbox could not be removed; the next attempt follows."
    )]
    public static partial void InboxCleanupFailed(this ILogger logger, Exception exception, string context);
}
