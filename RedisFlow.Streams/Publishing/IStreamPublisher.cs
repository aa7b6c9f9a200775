using StackExchange.Redis;

namespace RedisFlow.Streams;

/// <summary>Appends messages to the stream.</summary>
public interface IStreamPublisher
{
    /// <summary>Publishes, and returns once Redis has the message.</summary>
    /// <returns>The message's position: whoever has applied it sees this change.</returns>
    /// <exception cref="StreamPublishException">
    /// Redis did not confirm. The message may or may not be in the stream; publishing again is safe, since every handler copes with
    /// duplicates.
    /// </exception>
    Task<StreamPosition> PublishAsync(Publication publication, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds the message to a MULTI/EXEC transaction, so that a change of state in Redis and its message commit together or not at
    /// all. The stream must live on the same Redis node as the state.
    /// </summary>
    /// <param name="transaction">The transaction that carries the change; the caller executes it.</param>
    /// <param name="publication">The message.</param>
    /// <returns>The message's position. It completes after the transaction was executed, and is cancelled if that was not committed.</returns>
    Task<StreamPosition> EnlistAsync(ITransaction transaction, Publication publication);
}
