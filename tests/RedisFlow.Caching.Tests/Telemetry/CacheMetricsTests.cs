using System.Diagnostics.Metrics;

namespace RedisFlow.Caching.Tests;

[Collection(nameof(BusyTests))]
public sealed class CacheMetricsTests
{
    [Fact]
    public void Every_instrument_reports_what_was_counted()
    {
        using var metrics = new CacheMetrics();
        metrics.ObserveLevel1(() => 3, () => 500);
        foreach (var counter in new[] { metrics.Level1Hits, metrics.Level1Hits, metrics.Level2Hits, metrics.Misses, metrics.DiscardedLevel1Fills, metrics.Evictions })
        {
            counter.Add();
        }

        var seen = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, metrics.Meter))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen[instrument.Name + (tags.Length > 0 ? $"/{tags[0].Value}" : "")] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(2, seen["redisflow.cache.hits/L1"]);
        Assert.Equal(1, seen["redisflow.cache.hits/L2"]);
        Assert.Equal(1, seen["redisflow.cache.misses"]);
        Assert.Equal(1, seen["redisflow.cache.discarded_fills/L1"]);
        Assert.Equal(0, seen["redisflow.cache.discarded_fills/L2"]);
        Assert.Equal(1, seen["redisflow.cache.evictions"]);
        Assert.Equal(3, seen["redisflow.cache.entries"]);
        Assert.Equal(500, seen["redisflow.cache.size"]);
        Assert.Equal(13, seen.Count);
    }

    [Fact]
    public async Task Counters_lose_nothing_under_contention()
    {
        var counter = new StripedCounter();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Threads.Run(() =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                counter.Add();
            }
        })));
        Assert.Equal(800_000, counter.Value);
    }
}
