namespace RedisFlow.Streams;

/// <summary>
/// Publishes in two steps, for stores that keep messages between them, such as an outbox: a message gets its envelope
/// when it happens, with its id, time and trace context, and is published later, perhaps by another process.
/// </summary>
public interface IEnvelopePublisher
{
    /// <summary>
    /// Creates the envelope of a publication. A <see cref="StreamMessage.MessageId"/> is always set: a new UUIDv7
    /// unless the publication has one.
    /// </summary>
    /// <exception cref="ArgumentException">The publication is refused, see <see cref="IStreamPublisher"/>.</exception>
    StreamMessage CreateEnvelope(Publication publication);

    /// <summary>
    /// Publishes envelopes in their order, each at most once within <see cref="StreamOptions.IdempotencyWindow"/>, by
    /// its id. Sending them again after a failure is safe.
    /// </summary>
    /// <param name="envelopes">The envelopes, as <see cref="CreateEnvelope"/> made them.</param>
    /// <param name="cancellationToken">Ends the call; see
    /// <see cref="IStreamPublisher.PublishAsync(IReadOnlyList{Publication}, CancellationToken)"/>.</param>
    /// <returns>The position of each; of one that was published before, its first position.</returns>
    /// <exception cref="ArgumentException">An envelope has no id.</exception>
    /// <exception cref="StreamPublishException">Redis did not confirm all; see
    /// <see cref="IStreamPublisher.PublishAsync(IReadOnlyList{Publication}, CancellationToken)"/>.</exception>
    Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<StreamMessage> envelopes,
        CancellationToken cancellationToken = default
    );
}
