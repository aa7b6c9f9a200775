using Microsoft.EntityFrameworkCore;

namespace RedisFlow.Streams.EntityFrameworkCore.Publishing;

/// <summary>The stream that the events of a context are published to.</summary>
/// <param name="publisher">Its publisher.</param>
internal sealed class OutboxStream<TContext>(IEnvelopePublisher publisher)
    where TContext : DbContext
{
    /// <summary>Creates the event of a publication.</summary>
    public TrackedEvent Create(Publication publication) => TrackedEvent.Of(publisher.CreateEnvelope(publication));

    /// <summary>Publishes stored envelopes in their order.</summary>
    /// <inheritdoc cref="IEnvelopePublisher.PublishAsync"/>
    public Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IEnumerable<byte[]> envelopes,
        CancellationToken cancellationToken
    ) => publisher.PublishAsync([.. envelopes.Select(StreamMessage.Parser.ParseFrom)], cancellationToken);
}
