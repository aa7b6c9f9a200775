using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RedisFlow.Streams.Tests;

/// <summary>Adds up the counters of one stream.</summary>
internal sealed class Counted : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly MeterListener _listener = new();

    public Counted(string stream)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == StreamTelemetry.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                var reason = "";
                var isOurs = false;
                foreach (var tag in tags)
                {
                    isOurs |= tag.Value as string == stream;
                    reason = tag.Key == "reason" ? $" {tag.Value}" : reason;
                }

                if (isOurs)
                {
                    _sums.AddOrUpdate(instrument.Name + reason, value, (_, sum) => sum + value);
                }
            }
        );
        _listener.Start();
    }

    /// <summary>What a gauge says now, over all groups.</summary>
    public long Measured(string gauge)
    {
        _sums.TryRemove(gauge, out _);
        _listener.RecordObservableInstruments();
        return this[gauge];
    }

    /// <summary>The sum of an instrument; of dead letters with the reason after a space.</summary>
    public long this[string name] => _sums.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();
}
