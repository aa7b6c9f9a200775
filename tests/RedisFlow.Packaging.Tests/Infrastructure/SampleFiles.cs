namespace RedisFlow.Packaging;

/// <summary>The files of <c>samples/Minimal</c>.</summary>
internal static class SampleFiles
{
    /// <summary>Gets the paths of the files, without what was built.</summary>
    public static IEnumerable<string> All { get; } =
    [
        .. Directory
            .GetFiles(PackageSources.Samples, "*", SearchOption.AllDirectories)
            .Where(file => !Parts(file).Any(part => part is "bin" or "obj")),
    ];

    /// <summary>Copies the files to a folder outside the repository, where nothing of it can be imported.</summary>
    public static void CopyTo(string folder)
    {
        foreach (var file in All)
        {
            var target = Path.Combine(folder, Path.GetRelativePath(PackageSources.Samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string[] Parts(string file) =>
        Path.GetRelativePath(PackageSources.Samples, file).Split(Path.DirectorySeparatorChar);
}
