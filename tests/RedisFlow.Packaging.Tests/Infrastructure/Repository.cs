namespace RedisFlow.Packaging;

/// <summary>The repository that the tests run in.</summary>
internal static class Repository
{
    /// <summary>Gets the folder with the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Gets the projects that become packages.</summary>
    public static IReadOnlyList<string> PackedProjects { get; } =
    [
        .. Directory
            .GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Gets the names of the packages.</summary>
    public static IEnumerable<string> PackageNames =>
        PackedProjects.Select(project => Path.GetFileNameWithoutExtension(project));

    /// <summary>Gets the folder with the programs that use the packages.</summary>
    public static string Samples => Path.Combine(Root, "samples", "Minimal");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RedisFlow.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run in the repository.");
        }

        return folder.FullName;
    }
}
