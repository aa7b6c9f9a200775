using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Scenarios;
using RedisFlow.Verification;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>The summary of a run, computed from its measurements and nothing else.</summary>
internal static class MarkdownSummary
{
    /// <summary>Writes it.</summary>
    public static string Write(BenchmarkOptions options, RunFacts facts, IReadOnlyList<Measurement> measurements)
    {
        var text = new Markdown();
        text.Line($"# Measurements of {facts.Date:yyyy-MM-dd HH:mm} UTC");
        Facts(text, options, facts);
        Targets(text, measurements);
        Ratios(text, measurements);
        foreach (var scenario in options.Scenarios)
        {
            Scenario(text, scenario, [.. measurements.Where(m => m.Scenario == scenario.Name)]);
        }

        return text.ToString();
    }

    private static void Facts(Markdown text, BenchmarkOptions options, RunFacts facts)
    {
        text.Line();
        if (options.Quick)
        {
            text.Line("**A quick run: it shows that everything works; its figures mean little.**");
            text.Line();
        }

        if (facts.WasBusy)
        {
            text.Line(
                "**The machine was busy with other things before the run began: absolute figures are too low, "
                    + "latencies too high.**"
            );
            text.Line();
        }

        var settings = options.Settings.Select(setting => $"`{setting.Key}={setting.Value}`").ToArray();
        string[][] rows =
        [
            [
                "machine",
                $"{facts.Processor}, {facts.Cores} cores, {facts.Memory}, {facts.OperatingSystem}; shared with the "
                    + $"server; data on {facts.DataFileSystem}",
            ],
            [
                "versions",
                $"Redis {facts.Redis}, {facts.Runtime} ({facts.GarbageCollection} GC, {facts.Configuration}), "
                    + $"{facts.ClientLibrary}, commit {facts.Commit}",
            ],
            [
                "load average",
                $"{facts.LoadBefore} before, {facts.LoadAfter} after; the run took "
                    + $"{facts.Duration.TotalMinutes:0.0} minutes",
            ],
            [
                "method",
                $"repetitions after a warm-up: {options.Repetitions}, timed ones {options.Length.TotalSeconds:0.#} s "
                    + $"each; shown: median (lowest–highest); messages of {Messages.Bytes(0).Length} bytes",
            ],
            .. settings.Length > 0
                ?
                [
                    ["settings", $"{string.Join(", ", settings)}; all others: defaults"],
                ]
                : Array.Empty<string[]>(),
        ];
        text.Table("|", rows);
        text.Line();
        text.Line(
            "Everything was measured in one invocation, one thing at a time, each scenario and each setting of the "
                + "append-only file"
        );
        text.Line("(AOF) on a new server.");
    }

    private static void Targets(Markdown text, IReadOnlyList<Measurement> measurements)
    {
        var judged = ByMode(measurements)
            .SelectMany(mode => Target.Judge([.. mode]).Select(target => (Mode: mode.Key, Target: target)))
            .ToArray();
        if (judged.Length == 0)
        {
            return;
        }

        text.Heading("Targets");
        text.Table(
            "Target|AOF|>Required|>Measured|",
            judged.Select(row =>
                (object[])
                    [
                        row.Target.Name,
                        row.Mode,
                        row.Target.Required,
                        $"{Figures.Text(row.Target.Actual)} {row.Target.Unit}".TrimEnd(),
                        row.Target.IsMet ? "met" : "**missed**",
                    ]
            )
        );
    }

    private static void Ratios(Markdown text, IReadOnlyList<Measurement> measurements)
    {
        var ratios = ByMode(measurements)
            .ToDictionary(
                mode => mode.Key,
                mode => Ratio.Of([.. mode]).ToDictionary(ratio => ratio.Name, ratio => ratio.Value)
            );
        var names = ratios.Values.SelectMany(mode => mode.Keys).Distinct().ToArray();
        if (names.Length == 0)
        {
            return;
        }

        text.Heading("Ratios");
        text.Table(
            string.Concat(ratios.Keys.Select(mode => $"|>AOF {mode}")),
            names.Select(name =>
                ratios
                    .Values.Select(mode => mode.TryGetValue(name, out var value) ? Figures.Text(value) : "")
                    .Prepend(name)
            )
        );
    }

    private static void Scenario(Markdown text, IScenario scenario, IReadOnlyList<Measurement> measurements)
    {
        text.Heading(scenario.Name);
        text.Line(scenario.Method);
        text.Line();
        var columns = measurements.SelectMany(m => m.Metrics).DistinctBy(metric => metric.Name).ToArray();
        text.Table(
            $"|AOF{string.Concat(columns.Select(column => $"|>{column.Name} {column.Unit}".TrimEnd()))}",
            measurements.Select(measurement =>
                columns
                    .Select(column => measurement.Metrics.FirstOrDefault(metric => metric.Name == column.Name))
                    .Select(metric => metric is null ? "" : Figures.Text(metric))
                    .Prepend(measurement.AppendOnly)
                    .Prepend(measurement.Name)
            )
        );
    }

    private static IEnumerable<IGrouping<string, Measurement>> ByMode(IEnumerable<Measurement> measurements) =>
        measurements.GroupBy(measurement => measurement.AppendOnly);
}
