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
            console.MarkupLine($"{Sign(finding.Status)}  {Data.Text(finding.Check),-16}  {Data.Text(finding.Message)}");
            if (finding.Mend is { } mend)
            {
                console.MarkupLine($"{"",-25}[yellow]mend:[/] {Data.Text(mend)}");
            }
        }

        var toMend = report.Findings.Count(finding => finding.Status == FindingStatus.Mend);
        console.MarkupLine(toMend == 0 ? "[green]Nothing to mend.[/]" : $"[red]{toMend} to mend.[/]");
    }

    private static string Sign(FindingStatus status) => status switch
    {
        FindingStatus.Ok => "[green]ok   [/]",
        FindingStatus.Note => "[aqua]note [/]",
        FindingStatus.Unknown => "[yellow]?    [/]",
        _ => "[red]mend [/]",
    };
}
