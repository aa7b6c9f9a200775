using System.Collections.Concurrent;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Streams.Tests;

/// <summary>What a consumer has handled, in order.</summary>
internal sealed class Recorder
{
    private readonly ConcurrentQueue<StreamDelivery> _deliveries = new();

    /// <summary>Runs before a delivery counts as handled.</summary>
    public Func<StreamDelivery, CancellationToken, Task>? Behave { get; set; }

    /// <summary>Holds the messages of a subject until they are released.</summary>
    public static Func<StreamDelivery, CancellationToken, Task> Holding(string subject, Task release) =>
        (delivery, cancellationToken) =>
            delivery.Message.Subject == subject ? release.WaitAsync(cancellationToken) : Task.CompletedTask;

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
