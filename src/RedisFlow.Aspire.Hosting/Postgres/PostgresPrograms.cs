namespace RedisFlow.Aspire.Hosting;

/// <summary>Finds the folder of <c>postgres</c> and <c>initdb</c>.</summary>
internal static class PostgresPrograms
{
    // Debian's packages: a folder for each version, none of them in PATH.
    private const string Versions = "/usr/lib/postgresql";

    /// <summary>Finds the folder; <c>null</c> without one.</summary>
    /// <param name="chosen">The folder that the settings choose, without which it is looked for.</param>
    /// <param name="dataVersion">
    /// The version that has created the data: no other one can open it. <c>null</c> without data.
    /// </param>
    public static string? Find(string? chosen, string? dataVersion)
    {
        if (!string.IsNullOrEmpty(chosen))
        {
            return Has(chosen) ? chosen : null;
        }

        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(Installed())
            .Prepend(Path.Combine(Versions, dataVersion ?? "none", "bin"))
            .Select(Path.GetFullPath)
            .FirstOrDefault(Has);
    }

    private static IEnumerable<string> Installed() =>
        Directory.Exists(Versions)
            ? Directory
                .EnumerateDirectories(Versions)
                .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];

    private static bool Has(string folder) =>
        File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb"));
}
