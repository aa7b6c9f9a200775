namespace RedisFlow.Streams.Tests;

/// <summary>Handles every message by doing nothing, and passes on what its group parks.</summary>
internal sealed class ParkedRecorder(Func<StreamParkedMessage, Task> hear) : IStreamMessageHandler, IStreamParkedHandler
{
    public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HandleAsync(StreamParkedMessage parked, CancellationToken cancellationToken) => hear(parked);
}
