using System.ComponentModel;
using System.Diagnostics;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>The repository that this program was built in.</summary>
internal static class Repository
{
    private static readonly string? Root = FindRoot();

    /// <summary>Where results go; in the current directory if there is no repository.</summary>
    public static string ResultsFolder() => Path.Combine(Root ?? Environment.CurrentDirectory, "bench", "results");

    /// <summary>The commit, with <c>-dirty</c> where files differ from it; <c>unknown</c> without git.</summary>
    public static string Commit()
    {
        if (Root is null)
        {
            return "unknown";
        }

        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", ["-C", Root, "describe", "--always", "--dirty", "--abbrev=10"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var commit = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? commit : "unknown";
        }
        catch (Win32Exception)
        {
            return "unknown";
        }
    }

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RedisFlow.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
