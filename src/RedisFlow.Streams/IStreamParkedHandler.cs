namespace RedisFlow.Streams;

/// <summary>
/// Hears of each message that a consumer group parks: it waits for a build that knows its type, or behind one that
/// does, and is handled later, once. What must happen now all the same, e.g. to what is cached, happens here. A handler
/// that was added with
/// <see cref="StreamConsumerBuilder.HandleEveryMessage{THandler}"/> and implements this interface is called, before the
/// message is parked; like every handler, possibly more than once for a message, and now and then for one that is
/// handled at once after all.
/// </summary>
public interface IStreamParkedHandler
{
    /// <summary>
    /// Handles it. A fault of the infrastructure is waited out; any other exception is logged, and the message is
    /// parked all the same.
    /// </summary>
    Task HandleAsync(StreamParkedMessage parked, CancellationToken cancellationToken);
}
