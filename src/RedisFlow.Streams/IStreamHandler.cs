using Google.Protobuf;

namespace RedisFlow.Streams;

/// <summary>
/// Handles one type of event for a consumer group. Resolved from a scope of its own for each message. The message is
/// acknowledged when every handler returned; when one throws, it stays pending and is delivered again. So a handler
/// must be idempotent.
/// </summary>
/// <typeparam name="TPayload">The payload's protobuf type.</typeparam>
public interface IStreamHandler<TPayload>
    where TPayload : IMessage<TPayload>
{
    /// <summary>Handles the message.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="cancellationToken">Cancelled when the worker stops, or when it no longer owns the message.</param>
    Task HandleAsync(StreamDelivery<TPayload> delivery, CancellationToken cancellationToken);
}

/// <summary>
/// Sees every decoded message of a consumer group, whatever its type, before the typed handlers do. Same rules.
/// </summary>
public interface IStreamMessageHandler
{
    /// <summary>Handles the message.</summary>
    Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken);
}
