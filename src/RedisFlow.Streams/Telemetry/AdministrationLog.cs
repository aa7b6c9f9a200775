using Microsoft.Extensions.Logging;

namespace RedisFlow.Streams.Telemetry;

/// <summary>
/// What operations log. Their ids begin at 100; the engine's own are in <see cref="Telemetry.StreamLog"/>.
/// </summary>
internal static partial class AdministrationLog
{
    [LoggerMessage(100, LogLevel.Warning, "Group {Group} of stream {Stream} is paused since {Since}: {Reason}")]
    public static partial void Paused(
        this ILogger logger,
        string stream,
        string group,
        DateTimeOffset since,
        string reason
    );

    [LoggerMessage(101, LogLevel.Warning, "Group {Group} of stream {Stream} goes on.")]
    public static partial void GroupResumed(this ILogger logger, string stream, string group);

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "Group {Group} of stream {Stream} is set back to {Position}: {Count} messages are delivered again."
    )]
    public static partial void GroupSetBack(
        this ILogger logger,
        string stream,
        string group,
        MessagePosition position,
        long count
    );

    [LoggerMessage(
        103,
        LogLevel.Information,
        "Group {Group} of stream {Stream}: consumer {Consumer}, which held nothing, is removed."
    )]
    public static partial void ConsumerRemoved(this ILogger logger, string stream, string group, string consumer);

    [LoggerMessage(
        104,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: {Count} pending messages, idle for at least {Idle}, may be taken over at "
            + "once."
    )]
    public static partial void StaleReleased(
        this ILogger logger,
        string stream,
        string group,
        TimeSpan idle,
        long count
    );

    [LoggerMessage(
        105,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: the backlog is dropped, {Pending} pending and {Undelivered} undelivered "
            + "messages; the group goes on after {Position}."
    )]
    public static partial void BacklogDropped(
        this ILogger logger,
        string stream,
        string group,
        long pending,
        long? undelivered,
        MessagePosition position
    );

    [LoggerMessage(
        106,
        LogLevel.Warning,
        "Stream {Stream}: dead letter {DeadLetter} of group {Group} is redriven as {Position}."
    )]
    public static partial void Redriven(
        this ILogger logger,
        string stream,
        MessagePosition deadLetter,
        string group,
        MessagePosition position
    );

    [LoggerMessage(107, LogLevel.Warning, "Stream {Stream}: dead letter {DeadLetter} is dropped.")]
    public static partial void DeadLetterDropped(this ILogger logger, string stream, MessagePosition deadLetter);

    [LoggerMessage(
        108,
        LogLevel.Warning,
        "Group {Group} of stream {Stream} is retired, with {Pending} pending and {Undelivered} undelivered messages "
            + "that it never handles."
    )]
    public static partial void GroupRetired(
        this ILogger logger,
        string stream,
        string group,
        long pending,
        long? undelivered
    );

    [LoggerMessage(110, LogLevel.Debug, "Stream {Stream}: {Count} entries are trimmed; held by {Hold}.")]
    public static partial void Trimmed(this ILogger logger, string stream, long count, TrimHold? hold);

    [LoggerMessage(111, LogLevel.Warning, "The upkeep of stream {Stream} failed; it is tried again after {Interval}.")]
    public static partial void MaintenanceFailed(
        this ILogger logger,
        Exception exception,
        string stream,
        TimeSpan interval
    );
}
