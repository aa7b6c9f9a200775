namespace RedisFlow.Testing;

/// <summary>The repository that this program was built in.</summary>
public static class RepositoryFolder
{
    /// <summary>Gets the folder with the solution; <c>null</c> if the program runs somewhere else.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Gets a path in the repository.</summary>
    /// <param name="parts">Its parts from the root.</param>
    /// <exception cref="InvalidOperationException">No repository is above the program.</exception>
    public static string PathOf(params string[] parts) =>
        Path is { } root
            ? System.IO.Path.Combine([root, .. parts])
            : throw new InvalidOperationException($"No repository is above {AppContext.BaseDirectory}.");

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "RedisFlow.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
