using RedisFlow.Chaos.Checking;
using RedisFlow.Chaos.Processes;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Reporting;

/// <summary>The report of a run.</summary>
internal static class ChaosReport
{
    /// <summary>Writes it.</summary>
    public static Task WriteAsync(
        string directory,
        ChaosFacts facts,
        Verdict verdict,
        CancellationToken cancellationToken
    ) => ReportFiles.WriteAsync(directory, Text(facts, verdict), new { verdict, facts }, cancellationToken);

    private static Markdown Text(ChaosFacts facts, Verdict verdict)
    {
        var text = new Markdown();
        var options = facts.Options;
        text.Line($"# Chaos run, seed {options.Seed}: {(verdict.IsValid ? "valid" : "NOT VALID")}");
        text.Line();
        foreach (var problem in verdict.Problems)
        {
            text.Item($"**{problem}**");
        }

        text.Item(
            $"{verdict.Attempted:N0} messages attempted, {verdict.Published:N0} confirmed, {verdict.Unknown:N0} of "
                + "unknown outcome"
        );
        text.Item($"{verdict.DeadLetters} dead letters");
        text.Item(
            $"{verdict.LostByRedis:N0} confirmed messages lost by Redis itself in a SIGKILL, within what "
                + "`appendfsync everysec` allows"
        );
        text.Item(
            $"published in {facts.Published.TotalSeconds:0.0} s, consumed by all groups after "
                + $"{facts.Drained.TotalSeconds:0.0} s"
        );
        text.Item(
            $"{options.Publishers} publisher processes with {Roles.Lanes} subjects each, {facts.WorkerProcesses} "
                + $"worker processes in all, lease {options.LeaseDuration.TotalSeconds:0.0} s, "
                + $"{facts.DroppedBytes:N0} bytes of replies dropped"
        );
        text.Item(
            $"Redis {facts.Server}, append-only file, {(options.IsAlwaysSynced ? "always" : "everysec")}; "
                + $"{Environment.ProcessorCount} processors"
        );
        text.Item($"load before: {facts.LoadBefore}; at the end: {facts.LoadAfter}");
        text.Item($"again: `{options.ToCommand()}`");
        text.Line();
        text.Table(
            "Group|Worker|>Handled|>Lost|>Unexpected|>Recovered|>Duplicates",
            verdict.Groups.Zip(
                options.Workers,
                (group, kind) =>
                    (object[])
                        [
                            group.Group,
                            kind,
                            group.Handled,
                            group.Lost.Count,
                            group.Unexpected.Count,
                            group.Recovered,
                            group.Duplicates,
                        ]
            )
        );
        text.Line();
        text.Line("Handled, lost and recovered count messages; duplicates count handlings beyond the first.");
        Order(text, verdict);
        Losses(text, verdict);
        text.Heading("Duplicates by cause");
        text.Table(
            "Group|Cause|>Duplicates",
            verdict.Groups.SelectMany(group =>
                group.DuplicatesByCause.Select(cause => (object[])[group.Group, cause.Key, cause.Value])
            )
        );
        text.Heading("Faults as they happened");
        text.Table("Fault|>Done", facts.Done.Select(done => (object[])[done.Key, done.Value]));
        text.Line();
        text.Block(facts.Injected);
        return text;
    }

    private static void Order(Markdown text, Verdict verdict)
    {
        text.Heading("Order per subject within each worker");
        text.Table(
            "Group|>Pairs compared|>Overlapping|>First deliveries judged|>Out of order|>Excused|>Failures judged"
                + "|>Overtaken|>Out of order across the group's workers (not judged)",
            verdict.Groups.Select(group =>
                (object[])
                    [
                        group.Group,
                        group.Order.Compared,
                        group.Order.Overlapping.Count,
                        group.Order.Judged,
                        group.Order.OutOfOrder.Count,
                        group.Order.ExcusedOutOfOrder,
                        group.Order.FailuresJudged,
                        group.Order.Overtaken.Count,
                        group.OutOfOrderInGroup,
                    ]
            )
        );
    }

    /// <summary>Where the lost messages are, if there are any.</summary>
    private static void Losses(Markdown text, Verdict verdict)
    {
        object[][] losses =
        [
            .. verdict.Groups.SelectMany(group =>
                group.LostByPublisher.Select(loss =>
                    (object[])[group.Group, loss.Publisher, loss.Prefix, loss.Middle, loss.Tail]
                )
            ),
        ];
        if (losses.Length > 0)
        {
            text.Line();
            text.Table("Lost by group|>Publisher|>Prefix|>Middle|>Tail", losses);
        }
    }
}
