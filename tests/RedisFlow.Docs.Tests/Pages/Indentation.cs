namespace RedisFlow.Docs.Tests.Pages;

/// <summary>Makes code of different places comparable.</summary>
internal static class Indentation
{
    /// <summary>The lines as one text, without what all of them are indented by.</summary>
    public static string Removed(IEnumerable<string> lines)
    {
        string[] all = [.. lines.Select(line => line.TrimEnd())];
        var indentation = all.Where(line => line.Length > 0)
            .Select(line => line.Length - line.TrimStart().Length)
            .DefaultIfEmpty()
            .Min();
        return string.Join('\n', all.Select(line => line.Length > indentation ? line[indentation..] : ""));
    }
}
