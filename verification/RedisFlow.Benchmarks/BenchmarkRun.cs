using System.Diagnostics;
using System.Globalization;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Reporting;
using RedisFlow.Benchmarks.Scenarios;
using RedisFlow.Benchmarks.Servers;
using RedisFlow.Testing;
using RedisFlow.Verification;

namespace RedisFlow.Benchmarks;

/// <summary>
/// Measures every scenario on every setting of the append-only file, each on a new server, and writes the results.
/// </summary>
internal sealed class BenchmarkRun(BenchmarkOptions options, TextWriter progress)
{
    /// <summary>Runs.</summary>
    /// <returns>The summary.</returns>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        var facts = await RunFacts.CollectAsync(cancellationToken);
        var results = new ResultFolder(options.Output, facts);
        var all = new List<Measurement>();
        foreach (var scenario in options.Scenarios)
        {
            var measured = new List<Measurement>();
            foreach (var mode in options.AppendOnly)
            {
                await using var server = await RedisServer.StartAsync(mode.Settings(), cancellationToken);
                var context = new ScenarioContext(server, mode, options);
                facts = facts with { Redis = facts.Redis ?? await Machine.VersionAsync(server, cancellationToken) };
                await foreach (var measurement in scenario.RunAsync(context, cancellationToken))
                {
                    measured.Add(measurement);
                    await progress.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{Stopwatch.GetElapsedTime(begin):mm\\:ss} {Line(measurement)}"
                        )
                    );
                }
            }

            all.AddRange(measured);
            await results.WriteAsync(scenario.Name, facts, options, measured, cancellationToken);
        }

        facts = facts with { Duration = Stopwatch.GetElapsedTime(begin), LoadAfter = Machine.Load() };
        var summary = MarkdownSummary.Write(options, facts, all);
        await results.WriteSummaryAsync(summary, cancellationToken);
        return summary;
    }

    private static string Line(Measurement measurement) =>
        $"{measurement.Scenario} [aof {measurement.AppendOnly}] {measurement.Name}: "
        + string.Join(
            ", ",
            measurement.Metrics.Select(metric => $"{metric.Name} {Figures.Text(metric.Median)} {metric.Unit}".TrimEnd())
        );
}
