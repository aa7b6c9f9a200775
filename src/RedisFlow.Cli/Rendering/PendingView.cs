using RedisFlow.Cli.Reports;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>What groups hold.</summary>
internal static class PendingView
{
    public static void Write(IAnsiConsole console, PendingReport report)
    {
        if (report.Entries.Count == 0)
        {
            console.MarkupLine($"Nothing such is pending on {Data.Text(report.Stream)}.");
            return;
        }

        var table = Tables.New("group", "position", "consumer", ">idle", ">deliveries");
        foreach (var entry in report.Entries)
        {
            table.AddRow(
                Data.Text(entry.Group),
                entry.Position.ToString(),
                Data.Text(entry.Consumer),
                Data.Time(entry.Idle),
                Data.Number(entry.Deliveries)
            );
        }

        console.Write(table);
        if (report.HasMore)
        {
            console.MarkupLine("There are more; raise --limit, or go on with --after.");
        }
    }
}
