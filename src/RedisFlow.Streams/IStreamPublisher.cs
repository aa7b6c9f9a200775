using StackExchange.Redis;

namespace RedisFlow.Streams;

/// <summary>
/// Appends messages to the stream. What consumers could not handle is refused before anything is sent, with an
/// <see cref="ArgumentException"/> that says what is wrong: a payload of an unknown type, an envelope above
/// <see cref="StreamOptions.MaxMessageSize"/>, or a property of the <see cref="Publication"/> out of its bounds.
/// </summary>
public interface IStreamPublisher
{
    /// <summary>Publishes, and returns once Redis has the message.</summary>
    /// <returns>
    /// The message's position: an instance that has applied it sees this change. If a message with the same
    /// <see cref="Publication.MessageId"/> was published before, that one's.
    /// </returns>
    /// <exception cref="ArgumentException">The publication is refused.</exception>
    /// <exception cref="StreamPublishException">
    /// Redis did not confirm. The message may or may not be in the stream. Publishing again is safe: with a
    /// <see cref="Publication.MessageId"/> it adds nothing if the message is there, and without one every handler copes
    /// with duplicates.
    /// </exception>
    Task<MessagePosition> PublishAsync(Publication publication, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes many messages in their order, in few round trips. What is in the stream is always the beginning of the
    /// list, also when it fails in between; messages of other publishers may come between them.
    /// </summary>
    /// <param name="publications">The messages; all are checked before the first is sent.</param>
    /// <param name="cancellationToken">
    /// Ends the call. Once a part is confirmed, that comes as <see cref="StreamPublishException"/> too, so that it is
    /// known which.
    /// </param>
    /// <returns>
    /// The position of each, ascending. A message whose <see cref="Publication.MessageId"/> was published before, here
    /// or elsewhere, has its first position.
    /// </returns>
    /// <exception cref="ArgumentException">A publication is refused, the parameter's name says which; none was
    /// sent.</exception>
    /// <exception cref="StreamPublishException">
    /// Redis did not confirm all. <see cref="StreamPublishException.Confirmed"/> has the positions of the first ones,
    /// which need not be published again; of those after them, <see cref="StreamPublishException.UncertainCount"/> may
    /// or may not be in the stream; the others were not sent.
    /// </exception>
    Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<Publication> publications,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// Adds the message to a MULTI/EXEC transaction, so that a change of state in Redis and its message commit together
    /// or not at all. The stream must live on the same Redis node as the state. A message whose
    /// <see cref="Publication.MessageId"/> was published before is not added again; the rest of the transaction is
    /// committed all the same.
    /// </summary>
    /// <param name="transaction">The transaction that carries the change; the caller executes it.</param>
    /// <param name="publication">The message.</param>
    /// <returns>The message's position. It completes after the transaction was executed, and is cancelled if that was
    /// not committed.</returns>
    /// <exception cref="ArgumentException">The publication is refused; thrown at once, before there is a task, so that
    /// the transaction is not executed without it.</exception>
    /// <exception cref="StreamPublishException">The transaction failed; it may or may not have been
    /// committed.</exception>
    Task<MessagePosition> EnlistAsync(ITransaction transaction, Publication publication);

    /// <summary>
    /// Publishes by a script that changes other keys in the same step, and returns once Redis has done both. On a
    /// cluster the keys must be in the stream's slot.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="publication">
    /// The message, without a <see cref="Publication.MessageId"/>: the script runs each time that it is sent.
    /// </param>
    /// <param name="keys">The keys that the script changes.</param>
    /// <param name="arguments">What it needs for that.</param>
    /// <param name="cancellationToken">Ends the call; the script may run all the same.</param>
    /// <returns>The message's position, and the script's result.</returns>
    /// <exception cref="ArgumentException">The publication is refused.</exception>
    /// <exception cref="StreamPublishException">Redis did not confirm. The script may or may not have run.</exception>
    Task<(MessagePosition Position, RedisResult Result)> PublishAsync(
        PublishingScript script,
        Publication publication,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// Publishes later: keeps the message in Redis, and publishes it once when it is due, by Redis's clock. Any
    /// application with this stream does that, within about a second, in the order in which messages are due; nothing
    /// is lost while none runs. The message's creation time is now.
    /// </summary>
    /// <param name="publication">
    /// The message. If one with its <see cref="Publication.MessageId"/> waits already, this adds nothing and changes
    /// nothing. An id counts as published from the moment on when it is.
    /// </param>
    /// <param name="due">When to publish, to the millisecond; a time in the past: at once.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The message's id, to cancel it.</returns>
    /// <exception cref="ArgumentException">The publication is refused.</exception>
    /// <exception cref="StreamPublishException">Redis did not confirm. With a <see cref="Publication.MessageId"/> of
    /// its own, calling again is safe.</exception>
    Task<string> PublishAtAsync(
        Publication publication,
        DateTimeOffset due,
        CancellationToken cancellationToken = default
    );

    /// <summary>Cancels a delayed message.</summary>
    /// <param name="messageId">Its id, from <see cref="PublishAtAsync"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Whether it waited, and will not be published; <c>false</c> if it was published or cancelled before, or
    /// never existed.</returns>
    /// <exception cref="ArgumentException">The id is malformed.</exception>
    /// <exception cref="StreamPublishException">Redis did not confirm. Calling again is safe.</exception>
    Task<bool> CancelAsync(string messageId, CancellationToken cancellationToken = default);
}
