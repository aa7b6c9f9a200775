using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisFlow.Chaos.Staleness.Judging;

namespace RedisFlow.Chaos.Staleness.Reporting;

/// <summary>Writes <c>report.md</c> for people and <c>report.json</c> for programs.</summary>
internal static class StalenessReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writes both.</summary>
    public static async Task WriteAsync(
        string directory,
        StalenessFacts facts,
        StalenessVerdict verdict,
        CancellationToken cancellationToken
    )
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "report.md"), Markdown(facts, verdict), cancellationToken);

        // A report is passed on; where it was first, seen from where the command ran, is all that concerns others.
        facts = facts with
        {
            Options = facts.Options with { Output = Path.GetRelativePath(".", facts.Options.Output) },
        };
        await using var json = File.Create(Path.Combine(directory, "report.json"));
        await JsonSerializer.SerializeAsync(json, new { verdict, facts }, Json, cancellationToken);
    }

    /// <summary>The report as text.</summary>
    public static string Markdown(StalenessFacts facts, StalenessVerdict verdict)
    {
        var text = new StringBuilder();
        var options = facts.Options;
        var result =
            !verdict.IsValid ? "NOT VALID"
            : options.IsJudged ? "valid"
            : "measured";
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"# Staleness, mode {StalenessOptions.NameOf(options.Mode)}, seed {options.Seed}: {result}"
        );
        text.AppendLine();
        foreach (var problem in verdict.Problems)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- **{problem}**");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {facts.Writes:N0} transactions acknowledged ({facts.WritesPerSecond:N0}/s, {facts.Versions:N0} "
                + $"versions of {options.Keys:N0} keys), {facts.UnknownWrites:N0} of unknown outcome"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {StalenessOptions.Services.Count} services of {StalenessOptions.InstancesPerService} instances, "
                + $"{facts.Processes} processes; {facts.Rounds} rounds, {facts.Load.TotalSeconds:0.0} s of load in all"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- Redis {facts.Server}; before: {facts.LoadBefore}; at the end: {facts.LoadAfter}"
        );
        text.AppendLine(CultureInfo.InvariantCulture, $"- again: `{options.ToCommand()}`");
        text.AppendLine();
        Row(text, facts, verdict);
        Reads(text, facts, verdict);
        Ages(text, facts);
        Causes(text, facts);
        Audits(text, verdict);
        Details(text, facts);
        return text.ToString();
    }

    /// <summary>The line that modes are compared by.</summary>
    private static void Row(StringBuilder text, StalenessFacts facts, StalenessVerdict verdict)
    {
        var audits = verdict.Services.SelectMany(service => service.Audits).ToList();
        var without = facts.WithoutPosition;
        var with = facts.WithPosition;
        text.AppendLine(
            "| Mode | Reads/s | Hit rate | Stale, no position | p50 | p99 | max | Stale, at position | Waits run out "
                + "| Stale in memory, at rest | Stale in Redis, at rest |"
        );
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {StalenessOptions.NameOf(facts.Options.Mode)} | {facts.ReadsPerSecond:N0} | {facts.HitRate:P1} | "
                + $"{without.StaleShare:P3} | {Time(without.Ages.P50)} | {Time(without.Ages.P99)} | "
                + $"{Time(without.Ages.Max)} | {with.StaleShare:P3} | {with.TimedOut:N0} | "
                + $"{audits.Sum(audit => audit.StaleL1.Count):N0} of {audits.Sum(audit => audit.L1):N0} | "
                + $"{audits.Sum(audit => audit.StaleL2.Count):N0} of {audits.Sum(audit => audit.L2):N0} |"
        );
    }

    private static void Reads(StringBuilder text, StalenessFacts facts, StalenessVerdict verdict)
    {
        text.AppendLine();
        text.AppendLine(
            "| Reads | Judged | Stale | p50 | p90 | p99 | max | Versions behind, most | Memory | Redis | Source | "
                + "Waits run out | Source failed | Unanswered |"
        );
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (
            var (name, figures) in verdict
                .Services.SelectMany(service =>
                    new[]
                    {
                        ($"{service.Service}, no position", service.WithoutPosition),
                        ($"{service.Service}, at position", service.WithPosition),
                    }
                )
                .Append(("all, no position", facts.WithoutPosition))
                .Append(("all, at position", facts.WithPosition))
        )
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {figures.Judged:N0} | {figures.Stale:N0} ({figures.StaleShare:P3}) | "
                    + $"{Time(figures.Ages.P50)} | {Time(figures.Ages.P90)} | {Time(figures.Ages.P99)} | "
                    + $"{Time(figures.Ages.Max)} | {figures.MostBehind:N0} | {figures.L1:N0} | {figures.L2:N0} | "
                    + $"{figures.Misses:N0} | {figures.TimedOut:N0} | {figures.Failed:N0} | {figures.Unanswered:N0} |"
            );
        }
    }

    private static void Ages(StringBuilder text, StalenessFacts facts)
    {
        text.AppendLine();
        text.AppendLine("## How stale: time since a newer version was acknowledged, when the read was sent");
        text.AppendLine();
        text.AppendLine("| Up to | No position | At position |");
        text.AppendLine("|--:|--:|--:|");
        foreach (var (without, with) in facts.WithoutPosition.Ages.Histogram.Zip(facts.WithPosition.Ages.Histogram))
        {
            var limit = without.UpToMilliseconds is { } milliseconds
                ? Time(TimeSpan.FromMilliseconds(milliseconds))
                : "more";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {limit} | {without.Count:N0} | {with.Count:N0} |");
        }
    }

    private static void Causes(StringBuilder text, StalenessFacts facts)
    {
        text.AppendLine();
        text.AppendLine(
            "## Reads without a position, by the fault that their node was under, or until a second after it"
        );
        text.AppendLine();
        text.AppendLine("| Fault | Judged | Stale | p50 | max |");
        text.AppendLine("|---|--:|--:|--:|--:|");
        foreach (var figures in facts.WithoutPosition.Faults)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {figures.Fault?.ToString() ?? "none"} | {figures.Judged:N0} | {figures.Stale:N0} "
                    + $"({(double)figures.Stale / figures.Judged:P3}) | {Time(figures.P50)} | {Time(figures.Max)} |"
            );
        }
    }

    private static void Audits(StringBuilder text, StalenessVerdict verdict)
    {
        text.AppendLine();
        text.AppendLine("## What caches held when all was quiet");
        text.AppendLine();
        text.AppendLine(
            "| Service | Round | In memory | Stale | In Redis | Dropped by an epoch | Stale | Served to a fresh "
                + "instance | Stale |"
        );
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var service in verdict.Services)
        {
            foreach (var (audit, i) in service.Audits.Select((audit, i) => (audit, i)))
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {service.Service} | {i + 1} | {audit.L1:N0} | {audit.StaleL1.Count:N0} | {audit.L2:N0} | "
                        + $"{audit.L2Dropped:N0} | {audit.StaleL2.Count:N0} | {audit.Fresh:N0} | "
                        + $"{audit.StaleFresh.Count:N0} |"
                );
            }
        }
    }

    private static void Details(StringBuilder text, StalenessFacts facts)
    {
        if (facts.Options.IsJudged && facts.FirstStale.Any(read => read.WithPosition))
        {
            text.AppendLine();
            text.AppendLine("## The first stale reads at a position");
            text.AppendLine();
            foreach (var read in facts.FirstStale.Where(read => read.WithPosition))
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"- {read.Node}, key {read.Key}, from {read.Outcome}: version {read.Version}, though "
                        + $"{read.Newest} was acknowledged at {read.Position}; stale for {Time(read.Age)}"
                );
            }
        }

        text.AppendLine();
        text.AppendLine("## Counters of the nodes' caches at the end");
        text.AppendLine();
        foreach (var (name, value) in facts.Counters.OrderBy(counter => counter.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {name}: {value:N0}");
        }

        text.AppendLine();
        text.AppendLine("## Faults as they happened, from the beginning of their round");
        text.AppendLine();
        text.AppendLine("```");
        foreach (var fault in facts.Injected)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{fault}");
        }

        text.AppendLine("```");
    }

    private static string Time(TimeSpan time) =>
        time >= TimeSpan.FromSeconds(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}
