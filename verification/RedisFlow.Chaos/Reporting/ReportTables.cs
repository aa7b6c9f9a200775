using System.Globalization;
using System.Text;
using RedisFlow.Chaos.Checking;

namespace RedisFlow.Chaos.Reporting;

/// <summary>The further tables of the report.</summary>
internal static class ReportTables
{
    /// <summary>Order per subject.</summary>
    public static void Order(StringBuilder text, Verdict verdict)
    {
        text.AppendLine();
        text.AppendLine("## Order per subject within each worker");
        text.AppendLine();
        text.AppendLine(
            "| Group | Pairs compared | Overlapping | First deliveries judged | Out of order | Excused | Failures "
                + "judged | Overtaken | Out of order across the group's workers (not judged) |"
        );
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var group in verdict.Groups)
        {
            var order = group.Order;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {group.Group} | {order.Compared:N0} | {order.Overlapping.Count:N0} | {order.Judged:N0} | "
                    + $"{order.OutOfOrder.Count:N0} | {order.ExcusedOutOfOrder:N0} | {order.FailuresJudged:N0} | "
                    + $"{order.Overtaken.Count:N0} | {group.OutOfOrderInGroup:N0} |"
            );
        }
    }

    /// <summary>Where the lost messages are, if there are any.</summary>
    public static void Losses(StringBuilder text, Verdict verdict)
    {
        if (verdict.Groups.All(group => group.LostByPublisher.Count == 0))
        {
            return;
        }

        text.AppendLine();
        text.AppendLine("| Lost by group | Publisher | Prefix | Middle | Tail |");
        text.AppendLine("|---|--:|--:|--:|--:|");
        foreach (var group in verdict.Groups)
        {
            foreach (var loss in group.LostByPublisher)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {group.Group} | {loss.Publisher} | {loss.Prefix:N0} | {loss.Middle:N0} | {loss.Tail:N0} |"
                );
            }
        }
    }

    /// <summary>Why messages were handled again.</summary>
    public static void Duplicates(StringBuilder text, Verdict verdict)
    {
        text.AppendLine();
        text.AppendLine("## Duplicates by cause");
        text.AppendLine();
        text.AppendLine("| Group | Cause | Duplicates |");
        text.AppendLine("|---|---|--:|");
        foreach (var group in verdict.Groups)
        {
            foreach (var (cause, count) in group.DuplicatesByCause)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {group.Group} | {cause} | {count:N0} |");
            }
        }
    }

    /// <summary>What was done, and when.</summary>
    public static void Faults(StringBuilder text, RunFacts facts)
    {
        text.AppendLine();
        text.AppendLine("## Faults as they happened");
        text.AppendLine();
        text.AppendLine("| Fault | Done |");
        text.AppendLine("|---|--:|");
        foreach (var (kind, count) in facts.Done)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {kind} | {count:N0} |");
        }

        text.AppendLine();
        text.AppendLine("```");
        foreach (var fault in facts.Injected)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{fault}");
        }

        text.AppendLine("```");
    }
}
