using System.Collections.Concurrent;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Streams.Tests;

/// <summary>What a consumer has handled, in order.</summary>
internal sealed class Recorder
{
    private readonly ConcurrentQueue<StreamDelivery> _deliveries = new();

    /// <summary>Runs before a delivery counts as handled.</summary>
    public Func<StreamDelivery, CancellationToken, Task>? Behave { get; set; }

    public IReadOnlyList<StreamDelivery> All => [.. _deliveries];

    public IReadOnlyList<long> Companies =>
        [.. _deliveries.Select(d => d.Payload).OfType<CompanyUpdated>().Select(p => p.CompanyId)];

    public async Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        if (Behave is not null)
        {
            await Behave(delivery, cancellationToken);
        }

        _deliveries.Enqueue(delivery);
    }
}

internal sealed class RecordingHandler(Recorder recorder) : IStreamMessageHandler
{
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken) =>
        recorder.HandleAsync(delivery, cancellationToken);
}
