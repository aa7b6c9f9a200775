using RedisFlow.Cli.Reports;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>What groups hold.</summary>
internal static class PendingView
{
    public static void Write(IAnsiConsole console, PendingReport report)
    {
        if (report.Messages.Count == 0)
        {
            console.MarkupLine($"Nothing such is pending on {Data.Text(report.Stream)}.");
            return;
        }

        var table = Tables.New("group", "position", "consumer", ">idle", ">deliveries");
        foreach (var message in report.Messages)
        {
            table.AddRow(
                Data.Text(message.Group),
                message.Position.ToString(),
                Data.Text(message.Consumer),
                Data.Time(message.Idle),
                Data.Number(message.Deliveries)
            );
        }

        console.Write(table);
        if (report.HasMore)
        {
            console.MarkupLine("There are more; raise --limit, or go on with --after.");
        }
    }
}
