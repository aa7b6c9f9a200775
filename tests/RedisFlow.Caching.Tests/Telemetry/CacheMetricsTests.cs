using System.Diagnostics.Metrics;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Statistics;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching.Tests;

[Collection(nameof(BusyTests))]
public sealed class CacheMetricsTests
{
    [Fact]
    public void Every_instrument_reports_what_was_counted()
    {
        var metrics = new CacheMetrics();
        var options = new CachingOptions();
        options.Policies["reports"] = new CachePolicy { KeyPrefix = "report" };
        var policies = new PolicyTable(options);
        using var instruments = new CacheInstruments();
        instruments.Add(
            "reporting",
            metrics,
            new CacheGauges(() => 3, () => 500, () => L2CircuitState.Closed),
            policies
        );
        var reports = policies.Of("report:1").Statistics;
        foreach (
            var counter in new[]
            {
                reports.L1Hits,
                reports.L1Hits,
                reports.L2Hits,
                reports.Misses,
                reports.StaleReads,
                metrics.DiscardedL1Fills,
                metrics.Evictions,
                metrics.TooLarge,
            }
        )
        {
            counter.Add();
        }

        var seen = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, instruments.Meter))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                var values = tags.ToArray().OrderBy(tag => tag.Key).Select(tag => tag.Value);
                seen[$"{instrument.Name}/{string.Join('/', values)}"] = value;
            }
        );
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(2, seen["redisflow.cache.hits/L1/reports/reporting"]);
        Assert.Equal(1, seen["redisflow.cache.hits/L2/reports/reporting"]);
        Assert.Equal(0, seen["redisflow.cache.hits/L1/default/reporting"]);
        Assert.Equal(1, seen["redisflow.cache.misses/reports/reporting"]);
        Assert.Equal(1, seen["redisflow.cache.stale_reads/reports/reporting"]);
        Assert.Equal(1, seen["redisflow.cache.discarded_fills/L1/reporting"]);
        Assert.Equal(0, seen["redisflow.cache.discarded_fills/L2/reporting"]);
        Assert.Equal(1, seen["redisflow.cache.evictions/reporting"]);
        Assert.Equal(3, seen["redisflow.cache.entries/reporting"]);
        Assert.Equal(500, seen["redisflow.cache.size/reporting"]);
        Assert.Equal(0, seen["redisflow.cache.l2.circuit/reporting"]);
        Assert.Equal(0, seen["redisflow.cache.not_cached/not_serializable/reporting"]);
        Assert.Equal(1, seen["redisflow.cache.not_cached/too_large/reporting"]);
        Assert.Equal(27, seen.Count);
    }

    [Fact]
    public async Task Counters_lose_nothing_under_contention()
    {
        var counter = new StripedCounter();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Threads.Run(() =>
                    {
                        for (var i = 0; i < 100_000; i++)
                        {
                            counter.Add();
                        }
                    })
                )
        );
        Assert.Equal(800_000, counter.Value);
    }
}
