namespace RedisFlow.Streams;

/// <summary>
/// Appends messages to the stream, as <see cref="IStreamPublisher"/> does, and returns only once
/// <see cref="StreamDurabilityOptions.Replicas"/> replicas have confirmed them: for what must not be lost when the
/// primary is. An application uses both publishers side by side; they share the stream and the ids of its messages.
/// </summary>
/// <remarks>
/// It uses a connection of its own, opened at the first call. Calls at the same time share a confirmation. A
/// transaction cannot be confirmed: it runs on its caller's connection, where waiting would hold up everything else.
/// </remarks>
public interface IDurableStreamPublisher
{
    /// <summary>Publishes, and returns once the replicas have the message.</summary>
    /// <returns>The message's position; see
    /// <see cref="IStreamPublisher.PublishAsync(Publication, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentException">The publication is refused.</exception>
    /// <exception cref="StreamDurabilityException">The message is in the stream of the primary, and not confirmed. Its
    /// outcome is unknown.</exception>
    /// <exception cref="StreamPublishException">Redis did not confirm that it has the message. Its outcome is
    /// unknown.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The outcome is unknown.</exception>
    Task<MessagePosition> PublishAsync(Publication publication, CancellationToken cancellationToken = default);

    /// <summary>Publishes many messages in their order, and returns once the replicas have all of them.</summary>
    /// <param name="publications">The messages; all are checked before the first is sent.</param>
    /// <param name="cancellationToken">Ends the call. The outcome is unknown then.</param>
    /// <returns>The position of each; see
    /// <see cref="IStreamPublisher.PublishAsync(IReadOnlyList{Publication}, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentException">A publication is refused; none was sent.</exception>
    /// <exception cref="StreamDurabilityException">All messages are in the stream of the primary, and not confirmed.
    /// Their outcome is unknown.</exception>
    /// <exception cref="StreamPublishException">
    /// Redis did not confirm that it has all. <see cref="StreamPublishException.Confirmed"/> is empty: the outcome of
    /// the first
    /// <see cref="StreamPublishException.UncertainCount"/> is unknown, and the others were not sent.
    /// </exception>
    Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<Publication> publications,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// Publishes later, and returns once the replicas have the message that waits. When it is due it moves to the
    /// stream in one step, so that a failover finds it in one of the two. <see cref="IStreamPublisher.CancelAsync"/>
    /// cancels it.
    /// </summary>
    /// <returns>The message's id; see <see cref="IStreamPublisher.PublishAtAsync"/>.</returns>
    /// <exception cref="ArgumentException">The publication is refused.</exception>
    /// <exception cref="StreamDurabilityException">The primary has the message, and it is not confirmed. Its outcome is
    /// unknown.</exception>
    /// <exception cref="StreamPublishException">Redis did not confirm that it has the message. Its outcome is
    /// unknown.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The outcome is unknown.</exception>
    Task<string> PublishAtAsync(
        Publication publication,
        DateTimeOffset due,
        CancellationToken cancellationToken = default
    );
}
