namespace RedisFlow.Streams.Tests;

/// <summary>Handles every message by doing nothing, and passes on what its group gives up.</summary>
internal sealed class DeadLetterRecorder(Func<StreamDeadLetter, Task> hear)
    : IStreamMessageHandler,
        IStreamDeadLetterHandler
{
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HandleAsync(StreamDeadLetter deadLetter, CancellationToken cancellationToken) => hear(deadLetter);
}
