using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Servers;

namespace RedisFlow.Streams.Telemetry;

/// <summary>What the engine logs.</summary>
internal static partial class StreamLog
{
    private static readonly Func<ILogger, MessagePosition, string, string, string, IDisposable?> HandlingScope =
        LoggerMessage.DefineScope<MessagePosition, string, string, string>(
            "Handling {Position} of stream {Stream} for group {Group}: {MessageId}"
        );

    /// <summary>
    /// What handlers log is about this message: the names lead from a log line to the entry, as its trace id leads to
    /// the trace.
    /// </summary>
    public static IDisposable? Handling(
        this ILogger logger,
        string stream,
        string group,
        MessagePosition position,
        string messageId
    ) => HandlingScope(logger, position, stream, group, messageId);

    [LoggerMessage(1, LogLevel.Information, "Group {Group} of stream {Stream}: {Consumer} consumes.")]
    public static partial void ConsumerStarted(this ILogger logger, string stream, string group, string consumer);

    [LoggerMessage(
        2,
        LogLevel.Information,
        "Group {Group} of stream {Stream}: {Consumer} stopped, {LeftPending} messages stay pending."
    )]
    public static partial void ConsumerStopped(
        this ILogger logger,
        string stream,
        string group,
        string consumer,
        int leftPending
    );

    [LoggerMessage(3, LogLevel.Warning, "Group {Group} of stream {Stream}: reading failed; trying again.")]
    public static partial void ReadFailed(this ILogger logger, Exception exception, string stream, string group);

    [LoggerMessage(
        4,
        LogLevel.Error,
        "Group {Group} of stream {Stream} is missing; it is created again at {Position}."
    )]
    public static partial void GroupMissing(this ILogger logger, string stream, string group, MessagePosition position);

    [LoggerMessage(5, LogLevel.Information, "Group {Group} of stream {Stream}: replayed {Count} pending messages.")]
    public static partial void Replayed(this ILogger logger, string stream, string group, int count);

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: took over {Count} messages that another consumer left."
    )]
    public static partial void TakenOver(this ILogger logger, string stream, string group, int count);

    [LoggerMessage(
        7,
        LogLevel.Error,
        "Group {Group} of stream {Stream}: the data of pending entry {Position} is gone; it counts as lost."
    )]
    public static partial void Lost(this ILogger logger, string stream, string group, MessagePosition position);

    [LoggerMessage(
        8,
        LogLevel.Warning,
        "Group {Group}: handling {Position} ({Subject}) failed at delivery {DeliveryCount}."
    )]
    public static partial void HandlerFailed(
        this ILogger logger,
        Exception exception,
        string group,
        MessagePosition position,
        string subject,
        long deliveryCount
    );

    [LoggerMessage(
        9,
        LogLevel.Warning,
        "Group {Group}: handling {Position} ({Subject}) met a fault of Redis or another dependency; it is repeated "
            + "and costs no attempt."
    )]
    public static partial void HandlerMetFault(
        this ILogger logger,
        Exception exception,
        string group,
        MessagePosition position,
        string subject
    );

    [LoggerMessage(
        10,
        LogLevel.Error,
        "Group {Group}: {Position} is dead-lettered as {DeadLetter} ({Reason}): {Error}"
    )]
    public static partial void DeadLettered(
        this ILogger logger,
        string group,
        MessagePosition position,
        string deadLetter,
        string reason,
        string error
    );

    [LoggerMessage(
        11,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: settling {Count} messages failed; trying again."
    )]
    public static partial void SettleFailed(
        this ILogger logger,
        Exception exception,
        string stream,
        string group,
        int count
    );

    [LoggerMessage(13, LogLevel.Warning, "Declaring the groups of stream {Stream} failed; trying again.")]
    public static partial void DeclareFailed(this ILogger logger, Exception exception, string stream);

    [LoggerMessage(14, LogLevel.Information, "Stream {Stream}: group {Group} was created.")]
    public static partial void GroupCreated(this ILogger logger, string stream, string group);

    [LoggerMessage(15, LogLevel.Information, "The tail of stream {Stream} begins after {Position} ({Reason}).")]
    public static partial void TailStarted(
        this ILogger logger,
        string stream,
        MessagePosition position,
        TailStartReason reason
    );

    [LoggerMessage(16, LogLevel.Warning, "The tail of stream {Stream} has a gap after {Position}: {Detail}")]
    public static partial void TailGap(this ILogger logger, string stream, MessagePosition position, string detail);

    [LoggerMessage(17, LogLevel.Warning, "The tail of stream {Stream} cannot read after {Position}; trying again.")]
    public static partial void TailFailed(
        this ILogger logger,
        Exception exception,
        string stream,
        MessagePosition position
    );

    [LoggerMessage(
        18,
        LogLevel.Warning,
        "The tail of stream {Stream} did not start within {Limit}; it goes on trying."
    )]
    public static partial void TailStartsLate(this ILogger logger, string stream, TimeSpan limit);

    [LoggerMessage(19, LogLevel.Debug, "The state of stream {Stream} could not be read.")]
    public static partial void SnapshotFailed(this ILogger logger, Exception exception, string stream);

    [LoggerMessage(20, LogLevel.Error, "The tail's observer {Observer} failed at {Position}; the tail starts again.")]
    public static partial void ObserverFailed(
        this ILogger logger,
        Exception exception,
        string observer,
        MessagePosition position
    );

    [LoggerMessage(
        21,
        LogLevel.Error,
        "Group {Group}: a handler of dead letters or of parked messages failed for {Position}."
    )]
    public static partial void LossHandlerFailed(
        this ILogger logger,
        Exception exception,
        string group,
        MessagePosition position
    );

    [LoggerMessage(22, LogLevel.Information, "The streams are on {Server}.")]
    public static partial void ServerProbed(this ILogger logger, ServerFeatures server);

    [LoggerMessage(
        23,
        LogLevel.Error,
        "The streams are on a Redis before {Floor}, which lacks what they need; upgrade the server."
    )]
    public static partial void ServerTooOld(this ILogger logger, Version floor);

    [LoggerMessage(
        41,
        LogLevel.Error,
        "{Server} has no streams (XREADGROUP), so nothing is delivered; use Redis {Floor} or later, or Valkey."
    )]
    public static partial void ServerWithoutStreams(this ILogger logger, ServerProduct server, Version floor);

    [LoggerMessage(24, LogLevel.Warning, "Redis refuses to tell its version and commands.")]
    public static partial void ProbeRefused(this ILogger logger, Exception exception);

    [LoggerMessage(25, LogLevel.Debug, "Redis did not tell its version and commands; trying again.")]
    public static partial void ProbeFailed(this ILogger logger, Exception exception);

    [LoggerMessage(
        26,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: renewing leases or taking retries failed; trying again."
    )]
    public static partial void LeaseRenewalFailed(
        this ILogger logger,
        Exception exception,
        string stream,
        string group
    );

    [LoggerMessage(
        27,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: {Count} messages that this worker held are another one's now."
    )]
    public static partial void LeasesLost(this ILogger logger, string stream, string group, int count);

    [LoggerMessage(
        28,
        LogLevel.Warning,
        "Group {Group}: the handler of {Position} ({Subject}) was cancelled, since the message's lease was lost."
    )]
    public static partial void LeaseLost(this ILogger logger, string group, MessagePosition position, string subject);

    [LoggerMessage(
        29,
        LogLevel.Error,
        "Group {Group} of stream {Stream}: {Faults} faults of Redis or another dependency in a row; nothing is begun "
            + "but a try from time to time until one succeeds."
    )]
    public static partial void CircuitOpened(this ILogger logger, string stream, string group, int faults);

    [LoggerMessage(30, LogLevel.Warning, "Group {Group} of stream {Stream} is paused.")]
    public static partial void Paused(this ILogger logger, string stream, string group);

    [LoggerMessage(31, LogLevel.Information, "Group {Group} of stream {Stream} goes on.")]
    public static partial void Resumed(this ILogger logger, string stream, string group);

    [LoggerMessage(32, LogLevel.Debug, "Whether group {Group} of stream {Stream} is paused could not be read.")]
    public static partial void PauseUnknown(this ILogger logger, Exception exception, string stream, string group);

    [LoggerMessage(34, LogLevel.Debug, "Group {Group}: {Position} ({Subject}) is handled.")]
    public static partial void Handled(this ILogger logger, string group, MessagePosition position, string subject);

    [LoggerMessage(
        35,
        LogLevel.Error,
        "Group {Group} of stream {Stream}: another worker ({Holder}) was started with this one's name, {Consumer}; "
            + "this one stands by and handles nothing until that one is gone. Give each instance an id of its own: "
            + "Streams:InstanceId."
    )]
    public static partial void NameLost(
        this ILogger logger,
        string stream,
        string group,
        string consumer,
        string holder
    );

    [LoggerMessage(
        36,
        LogLevel.Error,
        "Group {Group} of stream {Stream}: another worker ({Rival}) has the name of this one, {Consumer}; it stands "
            + "by and handles nothing while this one lives. Give each instance an id of its own: Streams:InstanceId."
    )]
    public static partial void NameWanted(
        this ILogger logger,
        string stream,
        string group,
        string consumer,
        string rival
    );

    [LoggerMessage(
        37,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: the other worker with the name {Consumer} is gone; this one goes on."
    )]
    public static partial void NameRegained(this ILogger logger, string stream, string group, string consumer);

    [LoggerMessage(
        38,
        LogLevel.Debug,
        "Group {Group} of stream {Stream}: whether another worker has the name {Consumer} could not be read."
    )]
    public static partial void NameUnknown(
        this ILogger logger,
        Exception exception,
        string stream,
        string group,
        string consumer
    );

    [LoggerMessage(39, LogLevel.Information, "The Redis client looks for the master again: {Reason}")]
    public static partial void MasterLookedFor(this ILogger logger, string reason);

    [LoggerMessage(
        42,
        LogLevel.Debug,
        "Group {Group}: {Position} ({Subject}) is parked; it waits for {WaitsFor}, or behind others of its subject."
    )]
    public static partial void Parked(
        this ILogger logger,
        string group,
        MessagePosition position,
        string subject,
        string waitsFor
    );

    [LoggerMessage(
        43,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: this build does not know {WaitsFor}. Messages with it, and later ones of "
            + "their subjects, are parked until a worker of the group does; deploy a build that knows it."
    )]
    public static partial void ParkingBegins(this ILogger logger, string stream, string group, string waitsFor);

    [LoggerMessage(44, LogLevel.Information, "Group {Group} of stream {Stream}: took {Count} parked messages back.")]
    public static partial void TakenBack(this ILogger logger, string stream, string group, int count);

    [LoggerMessage(
        45,
        LogLevel.Warning,
        "Group {Group} of stream {Stream}: looking for parked messages that can be taken back failed; trying again."
    )]
    public static partial void ParkedUnknown(this ILogger logger, Exception exception, string stream, string group);

    [LoggerMessage(40, LogLevel.Debug, "The Redis client could not look for the master.")]
    public static partial void MasterLookFailed(this ILogger logger, Exception exception);
}
