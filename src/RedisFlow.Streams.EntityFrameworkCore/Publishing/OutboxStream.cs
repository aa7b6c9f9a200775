using Microsoft.EntityFrameworkCore;

namespace RedisFlow.Streams.EntityFrameworkCore.Publishing;

/// <summary>The stream that the events of a context are published to.</summary>
/// <param name="envelopes">Its publisher.</param>
internal sealed class OutboxStream<TContext>(IEnvelopePublisher envelopes)
    where TContext : DbContext
{
    public IEnvelopePublisher Envelopes => envelopes;
}
