using Microsoft.Extensions.Hosting;
using RedisFlow.Streams;

namespace Minimal;

internal sealed class SendInvoice(IHostApplicationLifetime lifetime) : IStreamHandler<OrderPlaced>
{
    // At least once: a real invoice has delivery.Message.MessageId as its key, so that a second delivery is harmless.
    public Task HandleAsync(StreamDelivery<OrderPlaced> delivery, CancellationToken cancellationToken)
    {
        Console.WriteLine($"Invoice for order {delivery.Event.Id}: {delivery.Event.Total} EUR");
        lifetime.StopApplication();
        return Task.CompletedTask;
    }
}
