using RedisFlow.Cli.Reports;
using RedisFlow.Streams;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RedisFlow.Cli.Rendering;

/// <summary>Streams, their groups and their consumers, as a tree of tables.</summary>
internal static class StreamsView
{
    public static void Write(IAnsiConsole console, StreamsReport report) => console.Write(Of(report));

    public static IRenderable Of(StreamsReport report) =>
        new Rows(report.Streams.SelectMany(stream => Parts(stream, report.Rates[stream.Stream])));

    private static IEnumerable<IRenderable> Parts(StreamSnapshot stream, StreamRates rates)
    {
        yield return new Markup(Heading(stream, rates));
        yield return stream.Groups.Count == 0 ? new Markup("[yellow]no groups[/]") : Groups(stream, rates);
        yield return stream.Groups.Any(group => group.Consumers.Count > 0)
            ? Consumers(stream)
            : new Markup("[dim]no consumers[/]");
    }

    private static string Heading(StreamSnapshot stream, StreamRates rates)
    {
        string?[] facts =
        [
            $"{Data.Number(stream.Length)} entries",
            $"{Data.Number(stream.EntriesAdded)} ever added",
            rates.AddedPerSecond is { } rate ? $"[bold]{Data.Rate(rate)}[/]" : null,
            $"last {stream.LastPosition}",
            stream.DeadLetters > 0 ? $"[red]{Data.Number(stream.DeadLetters)} dead letters[/]" : "no dead letters",
            stream.Delayed > 0 ? $"{Data.Number(stream.Delayed)} delayed" : null,
        ];
        return $"[bold]{Data.Text(stream.Stream)}[/]  {string.Join(", ", facts.Where(fact => fact is not null))}";
    }

    private static Table Groups(StreamSnapshot stream, StreamRates rates)
    {
        var hasRates = rates.Groups.Values.Any(group => group.DeliveredPerSecond is not null);
        string[] headings = hasRates ? [">delivered", ">settled"] : [];
        var table = Tables.New(["group", ">lag", ">pending", ">oldest", .. headings, "last delivered", "state"]);
        foreach (var group in stream.Groups)
        {
            var (delivered, settled) = rates.Groups[group.Name];
            string[] speed = hasRates ? [Data.Rate(delivered), Data.Rate(settled)] : [];
            table.AddRow([
                Data.Text(group.Name),
                group.Lag switch
                {
                    0 => "0",
                    null => "[yellow]unknown[/]",
                    var lag => $"[yellow]{Data.Number(lag)}[/]",
                },
                Data.Number(group.Pending),
                Data.Time(group.OldestPendingAge),
                .. speed,
                group.LastDelivered.ToString(),
                State(group),
            ]);
        }

        return table;
    }

    private static string State(GroupSnapshot group) =>
        group switch
        {
            { Exists: false } => "[red]declared, missing[/]",
            { Paused: { } pause } => $"[yellow]paused since {Data.Moment(pause.Since)}: {Data.Text(pause.Reason)}[/]",
            { Parked: > 0 } => $"[yellow]{Data.Number(group.Parked)} parked for "
                + $"{Data.Text(string.Join(", ", group.ParkedFor.Keys.Order(StringComparer.Ordinal)))}[/]",
            { IsDeclared: false } => "[yellow]not declared[/]",
            _ => "[green]ok[/]",
        };

    private static Table Consumers(StreamSnapshot stream)
    {
        var table = Tables.New("group", "consumer", ">pending", ">idle");
        foreach (var group in stream.Groups)
        {
            foreach (var consumer in group.Consumers)
            {
                table.AddRow(
                    Data.Text(group.Name),
                    Data.Text(consumer.Name),
                    Data.Number(consumer.Pending),
                    Data.Time(consumer.Idle)
                );
            }
        }

        return table;
    }
}
