namespace RedisFlow.Docs.Tests.Pages;

/// <summary>A table of a page.</summary>
internal static class Table
{
    /// <summary>The rows of the table whose first column has this heading; without it, cells by column.</summary>
    /// <exception cref="InvalidOperationException">The page has no such table.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Of(string page, string heading)
    {
        string[][] rows =
        [
            .. Repository
                .Read(page)
                .SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal))
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
        ];
        return rows.Length > 2 ? rows[2..] : throw new InvalidOperationException($"{page} has no table '{heading}'.");
    }

    /// <summary>A cell without the marks of code.</summary>
    public static string Plain(string cell) => cell.Replace("`", "", StringComparison.Ordinal);
}
