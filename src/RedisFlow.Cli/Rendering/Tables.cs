using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>Tables that look alike.</summary>
internal static class Tables
{
    /// <summary>A table; a column whose name begins with <c>&gt;</c> is aligned to the right.</summary>
    public static Table New(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('>');
            table.AddColumn(
                new TableColumn($"[bold]{Markup.Escape(isNumber ? column[1..] : column)}[/]")
                {
                    Alignment = isNumber ? Justify.Right : Justify.Left,
                    NoWrap = isNumber,
                }
            );
        }

        return table;
    }
}
