using System.Diagnostics.Metrics;
using RedisFlow.Caching;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>
/// Hears the instruments of the process's caches, and reads the observable ones all the time, as an exporter does from
/// time to time.
/// </summary>
internal sealed class CacheMeterListening : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private long _hits;

    public CacheMeterListening()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == StreamHybridCacheExtensions.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) =>
            {
                if (instrument.Name == "redisflow.cache.hits")
                {
                    _hits += value;
                }
            }
        );
        _listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        _listener.Start();
        _timer = new Timer(_ => Hits(), null, Interval, Interval);
    }

    /// <summary>Reads every instrument.</summary>
    /// <returns>The hits of all caches of the process.</returns>
    public long Hits()
    {
        lock (_gate)
        {
            _hits = 0;
            _listener.RecordObservableInstruments();
            return _hits;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _listener.Dispose();
    }
}
