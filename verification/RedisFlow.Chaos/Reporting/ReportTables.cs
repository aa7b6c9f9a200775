using System.Text;
using RedisFlow.Chaos.Checking;
using static RedisFlow.Chaos.Reporting.ReportWriter;

namespace RedisFlow.Chaos.Reporting;

/// <summary>The further tables of the report.</summary>
internal static class ReportTables
{
    /// <summary>Order per subject.</summary>
    public static void Order(StringBuilder text, Verdict verdict)
    {
        Line(text, $"");
        Line(text, $"## Order per subject within each worker");
        Line(text, $"");
        Line(text, $"| Group | Pairs compared | Overlapping | First deliveries judged | Out of order | Excused | Failures judged | Overtaken | Out of order across the group's workers (not judged) |");
        Line(text, $"|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var group in verdict.Groups)
        {
            var order = group.Order;
            Line(text, $"| {group.Group} | {order.Compared:N0} | {order.Overlapping.Count:N0} | {order.Judged:N0} | {order.OutOfOrder.Count:N0} | {order.ExcusedOutOfOrder:N0} | {order.FailuresJudged:N0} | {order.Overtaken.Count:N0} | {group.OutOfOrderInGroup:N0} |");
        }
    }

    /// <summary>Where the lost messages are, if there are any.</summary>
    public static void Losses(StringBuilder text, Verdict verdict)
    {
        if (verdict.Groups.All(group => group.LostByPublisher.Count == 0))
        {
            return;
        }

        Line(text, $"");
        Line(text, $"| Lost by group | Publisher | Prefix | Middle | Tail |");
        Line(text, $"|---|--:|--:|--:|--:|");
        foreach (var group in verdict.Groups)
        {
            foreach (var loss in group.LostByPublisher)
            {
                Line(text, $"| {group.Group} | {loss.Publisher} | {loss.Prefix:N0} | {loss.Middle:N0} | {loss.Tail:N0} |");
            }
        }
    }

    /// <summary>Why messages were handled again.</summary>
    public static void Duplicates(StringBuilder text, Verdict verdict)
    {
        Line(text, $"");
        Line(text, $"## Duplicates by cause");
        Line(text, $"");
        Line(text, $"| Group | Cause | Duplicates |");
        Line(text, $"|---|---|--:|");
        foreach (var group in verdict.Groups)
        {
            foreach (var (cause, count) in group.DuplicatesByCause)
            {
                Line(text, $"| {group.Group} | {cause} | {count:N0} |");
            }
        }
    }

    /// <summary>What was done, and when.</summary>
    public static void Faults(StringBuilder text, RunFacts facts)
    {
        Line(text, $"");
        Line(text, $"## Faults as they happened");
        Line(text, $"");
        Line(text, $"| Fault | Done |");
        Line(text, $"|---|--:|");
        foreach (var (kind, count) in facts.Done)
        {
            Line(text, $"| {kind} | {count:N0} |");
        }

        Line(text, $"");
        Line(text, $"```");
        foreach (var fault in facts.Injected)
        {
            Line(text, $"{fault}");
        }

        Line(text, $"```");
    }
}
