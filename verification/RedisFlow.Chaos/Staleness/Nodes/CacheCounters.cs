using System.Diagnostics.Metrics;
using RedisFlow.Caching;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>The cache's own counters, read as any collector of metrics reads them.</summary>
internal sealed class CacheCounters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _values = [];

    /// <summary>Begins to listen.</summary>
    public CacheCounters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == StreamHybridCacheExtensions.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                // Several measurements of an instrument differ by their tags; the parts matter less than the whole, but
                // for the level.
                var level = "";
                foreach (var tag in tags)
                {
                    level = tag.Key == "cache.level" ? $".{tag.Value}" : level;
                }

                var name = instrument.Name + level;
                _values[name] = _values.GetValueOrDefault(name) + value;
            }
        );
        _listener.Start();
    }

    /// <summary>The counters as they are now.</summary>
    public IReadOnlyDictionary<string, long> Read()
    {
        lock (_values)
        {
            _values.Clear();
            _listener.RecordObservableInstruments();
            return new Dictionary<string, long>(_values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
