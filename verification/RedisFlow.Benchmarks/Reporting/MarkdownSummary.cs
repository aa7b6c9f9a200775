using System.Globalization;
using System.Text;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Scenarios;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>The summary of a run, computed from its measurements and nothing else.</summary>
internal static class MarkdownSummary
{
    /// <summary>Writes it.</summary>
    public static string Write(BenchmarkOptions options, RunFacts facts, IReadOnlyList<Measurement> measurements)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Measurements of {facts.Date:yyyy-MM-dd HH:mm} UTC");
        Facts(text, options, facts);
        Targets(text, measurements);
        Ratios(text, measurements);
        foreach (var scenario in options.Scenarios)
        {
            Scenario(text, scenario, [.. measurements.Where(m => m.Scenario == scenario.Name)]);
        }

        return text.ToString();
    }

    private static void Facts(StringBuilder text, BenchmarkOptions options, RunFacts facts)
    {
        text.AppendLine();
        if (options.Quick)
        {
            text.AppendLine("**A quick run: it shows that everything works; its figures mean little.**");
            text.AppendLine();
        }

        if (facts.WasBusy)
        {
            text.AppendLine(
                "**The machine was busy with other things before the run began: absolute figures are too low, "
                    + "latencies too high.**"
            );
            text.AppendLine();
        }

        text.AppendLine("| | |");
        text.AppendLine("|---|---|");
        var machine = $"{facts.Processor}, {facts.Cores} cores, {facts.Memory}, {facts.OperatingSystem}";
        var runtime = $"{facts.Runtime} ({facts.GarbageCollection} GC, {facts.Configuration})";
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| machine | {machine}; shared with the server; data on {facts.DataFileSystem} |"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| versions | Redis {facts.Redis}, {runtime}, {facts.ClientLibrary}, commit {facts.Commit} |"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| load average | {facts.LoadBefore} before, {facts.LoadAfter} after; the run took "
                + $"{facts.Duration.TotalMinutes:0.0} minutes |"
        );
        var repetitions = string.Create(
            CultureInfo.InvariantCulture,
            $"repetitions after a warm-up: {options.Repetitions}, timed ones {options.Length.TotalSeconds:0.#} s each"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| method | {repetitions}; shown: median (lowest–highest); messages of {Messages.Bytes(0).Length} bytes |"
        );
        if (options.Settings.Count > 0)
        {
            var settings = options.Settings.Select(setting => $"`{setting.Key}={setting.Value}`");
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| settings | {string.Join(", ", settings)}; all others: defaults |"
            );
        }

        text.AppendLine();
        text.AppendLine(
            "Everything was measured in one invocation, one thing at a time, each scenario and each setting of the "
                + "append-only file"
        );
        text.AppendLine("(AOF) on a new server.");
    }

    private static void Targets(StringBuilder text, IReadOnlyList<Measurement> measurements)
    {
        var judged = ByMode(measurements)
            .SelectMany(mode => Target.Judge([.. mode]).Select(target => (Mode: mode.Key, Target: target)))
            .ToArray();
        if (judged.Length == 0)
        {
            return;
        }

        text.AppendLine();
        text.AppendLine("## Targets");
        text.AppendLine();
        text.AppendLine("| Target | AOF | Required | Measured | |");
        text.AppendLine("|---|---|--:|--:|---|");
        foreach (var (mode, target) in judged)
        {
            var actual = $"{Figures.Text(target.Actual)} {target.Unit}".TrimEnd();
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {target.Name} | {mode} | {target.Required} | {actual} | {(target.IsMet ? "met" : "**missed**")} |"
            );
        }
    }

    private static void Ratios(StringBuilder text, IReadOnlyList<Measurement> measurements)
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

        text.AppendLine();
        text.AppendLine("## Ratios");
        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| | {string.Join(" | ", ratios.Keys.Select(mode => $"AOF {mode}"))} |"
        );
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(Enumerable.Repeat("--:|", ratios.Count))}");
        foreach (var name in names)
        {
            var cells = ratios.Values.Select(mode => mode.TryGetValue(name, out var value) ? Figures.Text(value) : "");
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", cells)} |");
        }
    }

    private static void Scenario(StringBuilder text, IScenario scenario, IReadOnlyList<Measurement> measurements)
    {
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {scenario.Name}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{scenario.Method}");
        text.AppendLine();

        var columns = measurements.SelectMany(m => m.Metrics).DistinctBy(metric => metric.Name).ToArray();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| | AOF | {string.Join(" | ", columns.Select(column => $"{column.Name} {column.Unit}".TrimEnd()))} |"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"|---|---|{string.Concat(Enumerable.Repeat("--:|", columns.Length))}"
        );
        foreach (var measurement in measurements)
        {
            var cells = columns
                .Select(column => measurement.Metrics.FirstOrDefault(metric => metric.Name == column.Name))
                .Select(metric => metric is null ? "" : Figures.Text(metric));
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {measurement.Name} | {measurement.AppendOnly} | {string.Join(" | ", cells)} |"
            );
        }
    }

    private static IEnumerable<IGrouping<string, Measurement>> ByMode(IEnumerable<Measurement> measurements) =>
        measurements.GroupBy(measurement => measurement.AppendOnly);
}
