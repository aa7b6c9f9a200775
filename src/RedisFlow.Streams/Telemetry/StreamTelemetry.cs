using System.Diagnostics;

namespace RedisFlow.Streams;

/// <summary>The engine's traces, after OpenTelemetry's semantic conventions for messaging.</summary>
public static class StreamTelemetry
{
    /// <summary>Name of the <see cref="ActivitySource"/> and of the meter.</summary>
    public const string Name = "RedisFlow.Streams";

    internal const string System = "redis";
    internal const string SystemKey = "messaging.system";
    internal const string DestinationKey = "messaging.destination.name";
    internal const string OperationKey = "messaging.operation.name";
    internal const string GroupKey = "messaging.consumer.group.name";
    internal const string ErrorKey = "error.type";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>PRODUCER span of one message; its context travels in the envelope.</summary>
    internal static Activity? StartSend(string stream, string clientId, StreamMessage message)
    {
        var activity = Start("send", "send", stream, clientId, ActivityKind.Producer);
        activity?.SetTag("messaging.message.id", message.MessageId);
        activity?.SetTag("redisflow.message.subject", message.Subject);
        return activity;
    }

    /// <summary>
    /// PRODUCER span of one message of a batch, or of a delayed one: its creation, apart from its sending.
    /// </summary>
    internal static Activity? StartCreate(string stream, string clientId, StreamMessage message)
    {
        var activity = Start("create", "create", stream, clientId, ActivityKind.Producer);
        activity?.SetTag("messaging.message.id", message.MessageId);
        activity?.SetTag("redisflow.message.subject", message.Subject);
        return activity;
    }

    /// <summary>CLIENT span of sending several messages at once, linked to their creations.</summary>
    internal static Activity? StartSend(
        string stream,
        string clientId,
        IEnumerable<ActivityContext> creations,
        int count
    )
    {
        var activity = Start(
            "send",
            "send",
            stream,
            clientId,
            ActivityKind.Client,
            links: creations.Select(creation => new ActivityLink(creation))
        );
        activity?.SetTag("messaging.batch.message_count", count);
        return activity;
    }

    /// <summary>CLIENT span of a read that returned something, linked to the sends.</summary>
    internal static void RecordReceive(
        string stream,
        string group,
        string clientId,
        DateTimeOffset begin,
        Func<IEnumerable<ActivityContext>> sends,
        int count
    )
    {
        if (!Source.HasListeners())
        {
            return;
        }

        using var activity = Start(
            "receive",
            "receive",
            stream,
            clientId,
            ActivityKind.Client,
            links: sends().Select(send => new ActivityLink(send)),
            begin: begin
        );
        activity?.SetTag(GroupKey, group);
        activity?.SetTag("messaging.batch.message_count", count);
    }

    /// <summary>
    /// CONSUMER span of one message: a child of its send, so that one trace shows the whole way, and linked to it.
    /// </summary>
    internal static Activity? StartProcess(
        string stream,
        string group,
        string clientId,
        MessagePosition position,
        StreamMessage message
    )
    {
        var send = SendContext(message);
        var activity = Start(
            "process",
            "process",
            stream,
            clientId,
            ActivityKind.Consumer,
            send ?? default,
            send is null ? null : [new ActivityLink(send.Value)]
        );
        activity?.SetTag(GroupKey, group);
        activity?.SetTag("messaging.message.id", message.MessageId);
        activity?.SetTag("redisflow.stream.position", position.ToString());
        activity?.SetTag("redisflow.message.subject", message.Subject);
        return activity;
    }

    /// <summary>CLIENT span of a settlement.</summary>
    internal static Activity? StartSettle(string operation, string stream, string group, string clientId, int count)
    {
        var activity = Start(operation, "settle", stream, clientId, ActivityKind.Client);
        activity?.SetTag(GroupKey, group);
        activity?.SetTag("messaging.batch.message_count", count);
        return activity;
    }

    /// <summary>Marks the span as failed.</summary>
    internal static void Fail(this Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity?.SetTag(ErrorKey, exception.GetType().FullName);
        activity?.AddException(exception);
    }

    /// <summary>The context that the envelope carries; <c>null</c> if it has none or it is malformed.</summary>
    internal static ActivityContext? SendContext(StreamMessage message) =>
        ActivityContext.TryParse(message.Traceparent, message.Tracestate, isRemote: true, out var context)
            ? context
            : null;

    private static Activity? Start(
        string operation,
        string type,
        string stream,
        string clientId,
        ActivityKind kind,
        ActivityContext parent = default,
        IEnumerable<ActivityLink>? links = null,
        DateTimeOffset begin = default
    )
    {
        var activity = Source.StartActivity($"{operation} {stream}", kind, parent, links: links, startTime: begin);
        activity?.SetTag(SystemKey, System);
        activity?.SetTag(DestinationKey, stream);
        activity?.SetTag(OperationKey, operation);
        activity?.SetTag("messaging.operation.type", type);

        // The older name, which dashboards still summarise a span by.
        activity?.SetTag("messaging.operation", type);
        activity?.SetTag("messaging.client.id", clientId);
        return activity;
    }
}
