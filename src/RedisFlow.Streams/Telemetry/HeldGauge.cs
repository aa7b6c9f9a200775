using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RedisFlow.Streams.Telemetry;

/// <summary>How many bytes of messages the workers of this application hold, as a gauge.</summary>
internal sealed class HeldGauge
{
    private readonly ConcurrentDictionary<Worker, Func<long>> _workers = new();

    public HeldGauge(Meter meter) =>
        meter.CreateObservableGauge(
            "redisflow.stream.held_bytes",
            Measure,
            "By",
            "Size of the messages that the worker holds, running, waiting or to be retried."
        );

    /// <summary>Includes a worker, until the result is disposed.</summary>
    public IDisposable Include(string stream, string group, Func<long> bytes)
    {
        var worker = new Worker(this, stream, group);
        _workers[worker] = bytes;
        return worker;
    }

    private IEnumerable<Measurement<long>> Measure() =>
        from worker in _workers
        select new Measurement<long>(
            worker.Value(),
            new KeyValuePair<string, object?>(StreamTelemetry.DestinationKey, worker.Key.Stream),
            new KeyValuePair<string, object?>(StreamTelemetry.GroupKey, worker.Key.Group)
        );

    private sealed class Worker(HeldGauge gauge, string stream, string group) : IDisposable
    {
        public string Stream => stream;

        public string Group => group;

        public void Dispose() => gauge._workers.TryRemove(this, out _);
    }
}
