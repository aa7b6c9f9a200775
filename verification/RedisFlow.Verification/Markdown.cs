using System.Globalization;
using System.Text;

namespace RedisFlow.Verification;

/// <summary>
/// A text for people, with tables. Figures in it are written as everywhere in these programs: their globalization is
/// invariant.
/// </summary>
public sealed class Markdown
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a line.</summary>
    public void Line(string line = "") => _text.AppendLine(line);

    /// <summary>Adds an item of a list.</summary>
    public void Item(string text) => Line($"- {text}");

    /// <summary>Adds a heading between empty lines.</summary>
    public void Heading(string text)
    {
        Line();
        Line($"## {text}");
        Line();
    }

    /// <summary>Adds lines that are shown as they are.</summary>
    public void Block(IEnumerable<string> lines)
    {
        Line("```");
        foreach (var line in lines)
        {
            Line(line);
        }

        Line("```");
    }

    /// <summary>Adds a table.</summary>
    /// <param name="columns">The columns' names with bars between them; one that begins with <c>&gt;</c> has
    /// figures.</param>
    /// <param name="rows">The cells of each row; whole numbers get separators.</param>
    public void Table(string columns, IEnumerable<IEnumerable<object?>> rows)
    {
        var names = columns.Split('|');
        Row(names.Select(name => name.TrimStart('>')));
        Line($"|{string.Concat(names.Select(name => name.StartsWith('>') ? "--:|" : "---|"))}");
        foreach (var row in rows)
        {
            Row(row.Select(Text));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Row(IEnumerable<string?> cells) =>
        Line($"|{string.Concat(cells.Select(cell => string.IsNullOrEmpty(cell) ? " |" : $" {cell} |"))}");

    private static string? Text(object? cell) =>
        cell switch
        {
            int or long => ((IFormattable)cell).ToString("N0", CultureInfo.InvariantCulture),
            _ => Convert.ToString(cell, CultureInfo.InvariantCulture),
        };
}
