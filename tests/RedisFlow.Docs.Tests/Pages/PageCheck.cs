namespace RedisFlow.Docs.Tests.Pages;

/// <summary>Compares what pages show with what is compiled, text for text.</summary>
internal static class PageCheck
{
    /// <summary>The blocks of a page that are no compiled code, each with what is nearest to it.</summary>
    public static IEnumerable<string> Uncompiled(
        string page,
        IReadOnlyList<string> lines,
        IReadOnlyList<Region> regions
    ) =>
        from block in CodeBlock.Of(lines)
        where block.IsCompiled && regions.All(region => region.Text != block.Text)
        select $"{page}:{block.Line} shows code that is no region of a compiled file. {Nearest(block, regions)}";

    /// <summary>The regions that no page shows.</summary>
    public static IEnumerable<string> Unshown(IEnumerable<string[]> pages, IReadOnlyList<Region> regions)
    {
        var shown = pages.SelectMany(CodeBlock.Of).Select(block => block.Text).ToHashSet(StringComparer.Ordinal);
        return regions.Where(region => !shown.Contains(region.Text)).Select(region => region.Name);
    }

    private static string Nearest(CodeBlock block, IReadOnlyList<Region> regions)
    {
        var lines = block.Text.Split('\n');
        var nearest = regions.MaxBy(region =>
            region.Text.Split('\n').Intersect(lines.Where(line => line.Length > 1)).Count()
        );
        return nearest is null ? "There is no region at all." : $"The nearest is '{nearest.Name}':\n{nearest.Text}";
    }
}
