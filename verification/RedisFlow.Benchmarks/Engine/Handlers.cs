using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>Does nothing but count.</summary>
internal sealed class CountingHandler(HandledCounter counter) : IStreamHandler<CompanyUpdated>
{
    public Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
    {
        counter.Handled();
        return Task.CompletedTask;
    }
}

/// <summary>Notes when it started.</summary>
internal sealed class LatencyHandler(LatencyRecorder recorder) : IStreamHandler<CompanyUpdated>
{
    public Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
    {
        recorder.Handled(delivery.Event.CompanyId);
        return Task.CompletedTask;
    }
}
