using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Publishing;

/// <inheritdoc/>
internal sealed class EnvelopePublisher(
    [FromKeyedServices] EnvelopeFactory factory,
    [FromKeyedServices] BatchPublisher batches,
    [FromKeyedServices] StreamContext stream
) : IEnvelopePublisher
{
    /// <inheritdoc/>
    public StreamMessage CreateEnvelope(Publication publication)
    {
        var envelope = factory.Create(publication, nameof(publication));
        using var creation = StreamTelemetry.StartCreate(stream.Name, stream.Options.InstanceId, envelope);
        EnvelopeFactory.Trace(envelope, creation ?? Activity.Current);
        return envelope;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<StreamMessage> envelopes,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        cancellationToken.ThrowIfCancellationRequested();
        return await batches.PublishAsync(envelopes, cancellationToken).ConfigureAwait(false);
    }
}
