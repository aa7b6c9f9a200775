using RedisFlow.Streams;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>Where the sample writes.</summary>
internal interface IJournal
{
    void Write(string line);
}

#region docs: all
internal sealed class Journal(IJournal journal) : IStreamMessageHandler, IStreamDeadLetterHandler
{
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        journal.Write($"{delivery.Position} {delivery.Message.Subject}: {delivery.Message.Content}");
        return Task.CompletedTask;
    }

    public Task HandleAsync(StreamDeadLetter deadLetter, CancellationToken cancellationToken)
    {
        journal.Write($"{deadLetter.Position} was given up ({deadLetter.Reason}): {deadLetter.Error}");
        return Task.CompletedTask;
    }
}
#endregion
