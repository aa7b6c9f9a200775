using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Docs.Tests.Samples;

#region docs: handler
internal sealed class ClosingLetter(ILetters letters) : IStreamHandler<DealershipClosed>
{
    // At least once: the letter's key makes a second sending harmless.
    public Task HandleAsync(StreamDelivery<DealershipClosed> delivery, CancellationToken cancellationToken) =>
        letters.SendAsync(key: delivery.Message.MessageId, delivery.Event.DealershipId, cancellationToken);
}
#endregion
