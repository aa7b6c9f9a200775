using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>What operations did, in a line or two.</summary>
internal static class OperationViews
{
    public static void Write(IAnsiConsole console, ClaimResult report) =>
        console.MarkupLine(
            $"{Data.Number(report.Released)} messages of group {Data.Text(report.Group)}, idle for at least "
                + $"{Duration.Text(report.MinIdle)}, may be taken over at once."
        );

    public static void Write(IAnsiConsole console, ReplayResult report)
    {
        console.MarkupLine(
            report.Entries == 0
                ? $"Group {Data.Text(report.Group)} has not reached {report.From} yet; nothing was changed."
                : $"Group {Data.Text(report.Group)} receives {Data.Number(report.Entries)} messages again, from "
                    + $"{report.From} on."
        );
        if (report.OldestKept is { } oldest)
        {
            console.MarkupLine(
                $"[yellow]The stream was trimmed: its oldest entry is {oldest}, older ones may be missing.[/]"
            );
        }
    }

    public static void Write(IAnsiConsole console, RetiredGroup report)
    {
        var undelivered = report.Undelivered is { } known ? Data.Number(known) : "an unknown number";
        console.MarkupLine(
            $"Group {Data.Text(report.Group)} of {Data.Text(report.Stream)} is gone for good; it had "
                + $"{Data.Number(report.Pending)} messages pending, {Data.Number(report.Parked)} parked, "
                + $"and {undelivered} before it."
        );
    }

    public static void Write(IAnsiConsole console, PublishReport report) =>
        console.MarkupLine(
            report switch
            {
                { Published: 0 } => "There was nothing to publish.",
                { Published: 1 } => $"Published on {Data.Text(report.Stream)} as {report.First}.",
                _ => $"{Data.Number(report.Published)} messages are published on {Data.Text(report.Stream)}, from "
                    + $"{report.First} to {report.Last}.",
            }
        );
}
