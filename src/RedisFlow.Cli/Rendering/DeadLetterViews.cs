using RedisFlow.Cli.Reports;
using RedisFlow.Streams;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>Dead letters: a table of many, or all about one.</summary>
internal static class DeadLetterViews
{
    private const int LongestError = 100;

    public static void Write(IAnsiConsole console, DeadLetterPage page)
    {
        if (page.Letters.Count == 0)
        {
            console.MarkupLine($"No such dead letters on {Data.Text(page.Stream)}.");
            return;
        }

        var table = Tables.New("letter", "given up", "group", "reason", ">attempts", "subject", "error");
        foreach (var letter in page.Letters)
        {
            table.AddRow(
                letter.Position.ToString(),
                Data.Moment(letter.At),
                Data.Text(letter.Group),
                $"[red]{Data.Text(letter.Reason)}[/]",
                Data.Number(letter.Attempts),
                Data.Text(letter.Subject ?? ""),
                Data.Text(letter.Error.Length > LongestError ? letter.Error[..LongestError] + "…" : letter.Error)
            );
        }

        console.Write(table);
        console.MarkupLine(page.Next is { } next ? $"More: --after {next}" : $"{page.Letters.Count} dead letters.");
    }

    public static void Write(IAnsiConsole console, DecodedDeadLetter letter)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        Row("letter", letter.Position.ToString());
        Row("given up", Data.Moment(letter.At));
        Row("by", $"{letter.Group} / {letter.Consumer}");
        Row("reason", letter.Reason);
        Row("error", letter.Error);
        Row("attempts", Data.Number(letter.Attempts));
        Row("was at", letter.OriginalPosition?.ToString() ?? "unknown");
        if (letter.MessageId is not null)
        {
            Row("type", letter.Type ?? "");
            Row("subject", letter.Subject ?? "");
            Row("content", letter.Content ?? "");
            Row("message id", letter.MessageId ?? "");
            Row("producer", letter.Producer ?? "");
            Row("created", letter.CreatedAt is { } created ? Data.Moment(created) : "unknown");
            Row("payload", MessageView.Payload(letter));
        }
        else
        {
            Row("data", $"{letter.Bytes} bytes that are no envelope: {letter.Data}");
        }

        console.Write(grid);

        void Row(string name, string value) => grid.AddRow($"[bold]{name}[/]", Data.Text(value));
    }

    public static void Write(IAnsiConsole console, RedriveResult report)
    {
        console.MarkupLine($"{report.Redriven.Count} dead letters are published again on {Data.Text(report.Stream)}.");
        if (report.NotFound.Count > 0)
        {
            console.MarkupLine($"[yellow]Not there (any more): {string.Join(", ", report.NotFound)}[/]");
        }

        if (report.WithoutData.Count > 0)
        {
            console.MarkupLine($"[yellow]Without data, they stay: {string.Join(", ", report.WithoutData)}[/]");
        }
    }

    public static void Write(IAnsiConsole console, DropReport report)
    {
        console.MarkupLine($"{report.Dropped.Count} dead letters of {Data.Text(report.Stream)} are gone for good.");
        if (report.NotFound.Count > 0)
        {
            console.MarkupLine($"[yellow]Not there (any more): {string.Join(", ", report.NotFound)}[/]");
        }
    }
}
