namespace RedisFlow.Streams;

/// <summary>
/// A layer around the handlers of a message's type, e.g. a transaction. Resolved from the same scope as the handlers.
/// Those that <see cref="StreamConsumerBuilder.HandleEveryMessage{THandler}"/> adds run before it, outside of it.
/// </summary>
public interface IStreamHandlerMiddleware
{
    /// <summary>Handles the message by calling <paramref name="next"/>, or without it.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="next">Runs what is inside: further middleware, then the handlers. It may be called again, e.g. when
    /// a transaction is repeated.</param>
    /// <param name="cancellationToken">Cancelled when the worker stops, or when it no longer owns the message.</param>
    Task HandleAsync(StreamDelivery delivery, Func<CancellationToken, Task> next, CancellationToken cancellationToken);
}
