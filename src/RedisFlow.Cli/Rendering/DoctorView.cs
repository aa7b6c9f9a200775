using RedisFlow.Cli.Reports;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>What the doctor found.</summary>
internal static class DoctorView
{
    public static void Write(IAnsiConsole console, DoctorReport report)
    {
        console.MarkupLine($"[bold]{Data.Text(report.Server)}[/]");
        foreach (var finding in report.Findings)
        {
            console.MarkupLine(
                $"{Sign(finding.Status)}  {Data.Text(finding.Check).PadRight(16)}  {Data.Text(finding.Message)}"
            );
            if (finding.Repair is { } repair)
            {
                console.MarkupLine($"{new string(' ', 25)}[yellow]repair:[/] {Data.Text(repair)}");
            }
        }

        var toRepair = report.Findings.Count(finding => finding.Status == FindingStatus.Fail);
        console.MarkupLine(toRepair == 0 ? "[green]Nothing to repair.[/]" : $"[red]{toRepair} to repair.[/]");
    }

    private static string Sign(FindingStatus status) =>
        status switch
        {
            FindingStatus.Ok => "[green]ok   [/]",
            FindingStatus.Note => "[aqua]note [/]",
            FindingStatus.Unknown => "[yellow]?    [/]",
            _ => "[red]fail [/]",
        };
}
