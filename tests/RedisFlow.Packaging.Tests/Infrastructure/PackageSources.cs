using RedisFlow.Testing;

namespace RedisFlow.Packaging;

/// <summary>What becomes packages, and what uses them.</summary>
internal static class PackageSources
{
    /// <summary>Gets the projects that become packages.</summary>
    public static IReadOnlyList<string> Projects { get; } =
    [
        .. Directory
            .GetFiles(RepositoryFolder.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Gets the names of the packages.</summary>
    public static IEnumerable<string> Names => Projects.Select(project => Path.GetFileNameWithoutExtension(project));

    /// <summary>Gets the folder with the programs that use the packages.</summary>
    public static string Samples => RepositoryFolder.PathOf("samples", "Minimal");
}
