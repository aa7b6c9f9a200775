namespace RedisFlow.Streams;

/// <summary>
/// Hears of each message that a consumer group gives up, before the message goes to the dead letters: the last chance
/// to limit what its loss does. A handler that was added with
/// <see cref="StreamConsumerBuilder.HandleEveryMessage{THandler}"/> and implements this interface is called; like every
/// handler, possibly more than once for a message.
/// </summary>
public interface IStreamDeadLetterHandler
{
    /// <summary>
    /// Handles the loss. A fault of the infrastructure is waited out; any other exception is logged, and the message
    /// becomes a dead letter all the same.
    /// </summary>
    Task HandleAsync(StreamDeadLetter deadLetter, CancellationToken cancellationToken);
}
