namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// The user of the operating system that runs the server. PostgreSQL refuses to run as root: where the AppHost does,
/// the server is run as the user that its packages create.
/// </summary>
internal static class PostgresUser
{
    /// <summary>The user's name.</summary>
    public const string Name = "postgres";

    /// <summary>Whether the AppHost's own user cannot run the server.</summary>
    public static bool IsNeeded => Environment.IsPrivilegedProcess;

    /// <summary>A command line, run as the user that runs the server.</summary>
    public static IReadOnlyList<string> Run(params IReadOnlyList<string> command) =>
        IsNeeded ? ["setpriv", $"--reuid={Name}", $"--regid={Name}", "--init-groups", "--", .. command] : command;

    /// <summary>Whether every folder above the given one lets the user pass: the home of root does not.</summary>
    public static bool Reaches(string folder)
    {
        for (var above = Directory.GetParent(folder); above is not null; above = above.Parent)
        {
            if (above.Exists && (above.UnixFileMode & UnixFileMode.OtherExecute) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets the user pass through a folder, not list it.</summary>
    public static void LetPass(string folder)
    {
        // There are no such modes on Windows, where no server is run as a process.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        }
    }
}
