namespace RedisFlow.Browser;

/// <summary>
/// Finds the browser: the program that <c>REDISFLOW_CHROMIUM</c> names, else Chromium or Chrome in PATH. Nothing is
/// downloaded.
/// </summary>
internal static class Chromium
{
    private const string Variable = "REDISFLOW_CHROMIUM";

    // In the order of build/chromium.sh.
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    /// <summary>The program's path.</summary>
    /// <exception cref="InvalidOperationException">
    /// There is no such program; the message says how to get one.
    /// </exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } program)
        {
            return File.Exists(program)
                ? program
                : throw new InvalidOperationException(
                    $"{Variable} is '{program}', and there is no such file. It must be the path of a browser, e.g. "
                        + "'/usr/bin/chromium'."
                );
        }

        var folders =
            Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            ?? [];
        return folders
                .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
                .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                "Chromium is missing. Install it (e.g. 'apt-get install chromium'; ./test does that), or set "
                    + $"{Variable} to the path of a browser: these tests need a real one."
            );
    }

    /// <summary>What the browser is started with.</summary>
    public static IReadOnlyList<string> Arguments =>
        [
            // Containers have little shared memory.
            "--disable-dev-shm-usage",
            // As root the browser refuses to start with its sandbox. It visits nothing but the dashboard.
            .. Environment.IsPrivilegedProcess ? (string[])["--no-sandbox"] : [],
        ];
}
