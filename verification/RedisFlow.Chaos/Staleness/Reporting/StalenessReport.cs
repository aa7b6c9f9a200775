using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Staleness.Reporting;

/// <summary>The report of a run.</summary>
internal static class StalenessReport
{
    /// <summary>Writes it.</summary>
    public static Task WriteAsync(
        string directory,
        StalenessFacts facts,
        StalenessVerdict verdict,
        CancellationToken cancellationToken
    )
    {
        var text = Text(facts, verdict);

        // A report is passed on; where it was first, seen from where the command ran, is all that concerns others.
        facts = facts with
        {
            Options = facts.Options with { Output = Path.GetRelativePath(".", facts.Options.Output) },
        };
        return ReportFiles.WriteAsync(directory, text, new { verdict, facts }, cancellationToken);
    }

    private static Markdown Text(StalenessFacts facts, StalenessVerdict verdict)
    {
        var text = new Markdown();
        var options = facts.Options;
        var result =
            !verdict.IsValid ? "NOT VALID"
            : options.IsJudged ? "valid"
            : "measured";
        text.Line($"# Staleness, mode {StalenessOptions.NameOf(options.Mode)}, seed {options.Seed}: {result}");
        text.Line();
        foreach (var problem in verdict.Problems)
        {
            text.Item($"**{problem}**");
        }

        text.Item(
            $"{facts.Writes:N0} transactions acknowledged ({facts.WritesPerSecond:N0}/s, {facts.Versions:N0} "
                + $"versions of {options.Keys:N0} keys), {facts.UnknownWrites:N0} of unknown outcome"
        );
        text.Item(
            $"{StalenessOptions.Services.Count} services of {StalenessOptions.InstancesPerService} instances, "
                + $"{facts.Processes} processes; {facts.Rounds} rounds, {facts.Load.TotalSeconds:0.0} s of load in all"
        );
        text.Item(
            $"Redis {facts.Server}; {Environment.ProcessorCount} processors, load before: {facts.LoadBefore}; at the "
                + $"end: {facts.LoadAfter}"
        );
        text.Item($"again: `{options.ToCommand()}`");
        text.Line();
        Summary(text, facts, verdict);
        Reads(text, facts, verdict);
        text.Heading("How stale: time since a newer version was acknowledged, when the read was sent");
        text.Table(
            ">Up to|>No position|>At position",
            facts.WithoutPosition.Ages.Histogram.Zip(
                facts.WithPosition.Ages.Histogram,
                (without, with) =>
                    (object[])
                        [
                            without.UpToMilliseconds is { } limit ? Time(TimeSpan.FromMilliseconds(limit)) : "more",
                            without.Count,
                            with.Count,
                        ]
            )
        );
        text.Heading("Reads without a position, by the fault that their node was under, or until a second after it");
        text.Table(
            "Fault|>Judged|>Stale|>p50|>max",
            facts.WithoutPosition.Faults.Select(figures =>
                (object[])
                    [
                        figures.Fault?.ToString() ?? "none",
                        figures.Judged,
                        $"{figures.Stale:N0} ({(double)figures.Stale / figures.Judged:P3})",
                        Time(figures.P50),
                        Time(figures.Max),
                    ]
            )
        );
        Audits(text, verdict);
        Details(text, facts);
        return text;
    }

    /// <summary>The line that modes are compared by.</summary>
    private static void Summary(Markdown text, StalenessFacts facts, StalenessVerdict verdict)
    {
        var audits = verdict.Services.SelectMany(service => service.Audits).ToList();
        var without = facts.WithoutPosition;
        var with = facts.WithPosition;
        text.Table(
            "Mode|>Reads/s|>Hit rate|>Stale, no position|>p50|>p99|>max|>Stale, at position|>Waits run out"
                + "|>Stale in memory, at rest|>Stale in Redis, at rest",
            [
                [
                    StalenessOptions.NameOf(facts.Options.Mode),
                    $"{facts.ReadsPerSecond:N0}",
                    $"{facts.HitRate:P1}",
                    $"{without.StaleShare:P3}",
                    Time(without.Ages.P50),
                    Time(without.Ages.P99),
                    Time(without.Ages.Max),
                    $"{with.StaleShare:P3}",
                    with.TimedOut,
                    $"{audits.Sum(audit => audit.StaleL1.Count):N0} of {audits.Sum(audit => audit.L1):N0}",
                    $"{audits.Sum(audit => audit.StaleL2.Count):N0} of {audits.Sum(audit => audit.L2):N0}",
                ],
            ]
        );
    }

    private static void Reads(Markdown text, StalenessFacts facts, StalenessVerdict verdict)
    {
        text.Line();
        text.Table(
            "Reads|>Judged|>Stale|>p50|>p90|>p99|>max|>Versions behind, most|>Memory|>Redis|>Source|>Waits run out"
                + "|>Source failed|>Unanswered",
            verdict
                .Services.SelectMany(service =>
                    new[]
                    {
                        Row($"{service.Service}, no position", service.WithoutPosition),
                        Row($"{service.Service}, at position", service.WithPosition),
                    }
                )
                .Append(Row("all, no position", facts.WithoutPosition))
                .Append(Row("all, at position", facts.WithPosition))
        );

        static object[] Row(string name, ReadFigures figures) =>
            [
                name,
                figures.Judged,
                $"{figures.Stale:N0} ({figures.StaleShare:P3})",
                Time(figures.Ages.P50),
                Time(figures.Ages.P90),
                Time(figures.Ages.P99),
                Time(figures.Ages.Max),
                figures.MostBehind,
                figures.L1,
                figures.L2,
                figures.Misses,
                figures.TimedOut,
                figures.Failed,
                figures.Unanswered,
            ];
    }

    private static void Audits(Markdown text, StalenessVerdict verdict)
    {
        text.Heading("What caches held when all was quiet");
        text.Table(
            "Service|>Round|>In memory|>Stale|>In Redis|>Dropped by an epoch|>Stale|>Served to a fresh instance|>Stale",
            verdict.Services.SelectMany(service =>
                service.Audits.Select(
                    (audit, i) =>
                        (object[])
                            [
                                service.Service,
                                i + 1,
                                audit.L1,
                                audit.StaleL1.Count,
                                audit.L2,
                                audit.L2Dropped,
                                audit.StaleL2.Count,
                                audit.Fresh,
                                audit.StaleFresh.Count,
                            ]
                )
            )
        );
    }

    private static void Details(Markdown text, StalenessFacts facts)
    {
        var stale = facts.FirstStale.Where(read => read.WithPosition).ToList();
        if (facts.Options.IsJudged && stale.Count > 0)
        {
            text.Heading("The first stale reads at a position");
            foreach (var read in stale)
            {
                text.Item(
                    $"{read.Node}, key {read.Key}, from {read.Outcome}: version {read.Version}, though "
                        + $"{read.Newest} was acknowledged at {read.Position}; stale for {Time(read.Age)}"
                );
            }
        }

        text.Heading("Counters of the nodes' caches at the end");
        foreach (var (name, value) in facts.Counters.OrderBy(counter => counter.Key, StringComparer.Ordinal))
        {
            text.Item($"{name}: {value:N0}");
        }

        text.Heading("Faults as they happened, from the beginning of their round");
        text.Block(facts.Injected);
    }

    private static string Time(TimeSpan time) =>
        time >= TimeSpan.FromSeconds(1) ? $"{time.TotalSeconds:0.00} s" : $"{time.TotalMilliseconds:0.0} ms";
}
