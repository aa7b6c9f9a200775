using RedisFlow.Testing;

namespace RedisFlow.Docs.Tests.Pages;

/// <summary>The files that the tests compare.</summary>
internal static class Repository
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = RepositoryFolder.PathOf();

    /// <summary>This project's folder.</summary>
    public static string Project { get; } = Path.Combine(Root, "tests", "RedisFlow.Docs.Tests");

    /// <summary>The pages: <c>README.md</c> and everything in <c>docs/</c>, by path from the root.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        "README.md",
        .. Directory
            .EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A page's lines.</summary>
    public static string[] Read(string page) => File.ReadAllLines(Path.Combine(Root, page));
}
