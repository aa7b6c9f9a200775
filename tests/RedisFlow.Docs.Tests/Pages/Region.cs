namespace RedisFlow.Docs.Tests.Pages;

/// <summary>
/// A part of a compiled file that a page shows: between <c>#region docs: name</c> and <c>#endregion</c>, or <c>// docs:
/// name</c> and <c>// end</c>.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What is in it.</param>
internal sealed record Region(string Name, string Text)
{
    private static readonly (string Begin, string End)[] Markers =
    [
        ("#region docs:", "#endregion"),
        ("// docs:", "// end"),
    ];

    /// <summary>The regions of all files of this project.</summary>
    public static IReadOnlyList<Region> All { get; } =
    [
        .. new[] { "Samples", "Protos" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Repository.Project, folder), "*", SearchOption.AllDirectories)
            )
            .Order(StringComparer.Ordinal)
            .SelectMany(file => Of(File.ReadAllLines(file))),
    ];

    /// <summary>The regions of a file.</summary>
    /// <exception cref="FormatException">A region is not closed.</exception>
    public static IEnumerable<Region> Of(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            foreach (
                var (begin, end) in Markers.Where(marker => line.StartsWith(marker.Begin, StringComparison.Ordinal))
            )
            {
                var name = line[begin.Length..].Trim();
                var body = lines.Skip(i + 1).TakeWhile(inner => inner.Trim() != end).ToArray();
                yield return i + 1 + body.Length < lines.Count
                    ? new Region(name, Indentation.Removed(body))
                    : throw new FormatException($"The region '{name}' is not closed.");
            }
        }
    }
}
