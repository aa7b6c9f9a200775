using System.ComponentModel;
using System.Diagnostics;
using RedisFlow.Testing;

namespace RedisFlow.Verification;

/// <summary>What figures of a run depend on.</summary>
public static class Machine
{
    private const string Unknown = "unknown";

    /// <summary>
    /// The load average of the last minute, where the system says it: on a machine that is busy with other things,
    /// figures mean less.
    /// </summary>
    public static string Load()
    {
        const string path = "/proc/loadavg";
        return File.Exists(path) ? File.ReadAllText(path).Split(' ')[0] : Unknown;
    }

    /// <summary>The processor's name, where the system says it.</summary>
    public static string? Processor()
    {
        const string path = "/proc/cpuinfo";
        return File.Exists(path) ? ValueOf(File.ReadLines(path), "model name") : null;
    }

    /// <summary>The server's version.</summary>
    public static async Task<string> VersionAsync(RedisServer redis, CancellationToken cancellationToken) =>
        ValueOf((await redis.AskAsync(["INFO", "server"], cancellationToken))[0].Split('\n'), "redis_version")
        ?? Unknown;

    /// <summary>
    /// The commit that the program was built from, with <c>-dirty</c> where files differ from it; unknown without git.
    /// </summary>
    public static async Task<string> CommitAsync(CancellationToken cancellationToken)
    {
        if (RepositoryFolder.Path is not { } folder)
        {
            return Unknown;
        }

        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", ["-C", folder, "describe", "--always", "--dirty", "--abbrev=10"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var commit = await git.StandardOutput.ReadToEndAsync(cancellationToken);
            await git.WaitForExitAsync(cancellationToken);
            return git.ExitCode == 0 ? commit.Trim() : Unknown;
        }
        catch (Win32Exception)
        {
            return Unknown;
        }
    }

    private static string? ValueOf(IEnumerable<string> lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
