using System.Text.Json;

namespace RedisFlow.Verification;

/// <summary>The other side of a <see cref="HarnessProcess"/>: what its program does.</summary>
public static class HarnessProgram
{
    /// <summary>
    /// What a process writes on a line of its own when it works; what the harness must know about it may follow.
    /// </summary>
    public const string ReadyLine = "ready";

    /// <summary>Begins: the process ends when its harness is gone.</summary>
    /// <param name="arguments">The command line.</param>
    /// <returns>What the process was started with.</returns>
    public static T Arguments<T>(IReadOnlyList<string> arguments)
    {
        EndWithHarness();
        return JsonSerializer.Deserialize<T>(arguments[1])!;
    }

    /// <summary>Tells the harness that the process works.</summary>
    /// <param name="announcement">What the harness must know about it.</param>
    public static void SayReady(string announcement = "") => Console.WriteLine($"{ReadyLine} {announcement}".TrimEnd());

    /// <summary>
    /// Ends this process when the harness is gone, however it went: then its end of the pipe to standard input closes.
    /// </summary>
    private static void EndWithHarness() =>
        new Thread(() =>
        {
            try
            {
                while (Console.In.Read() >= 0)
                {
                    // The parent writes nothing; only the end of the pipe matters.
                }
            }
            finally
            {
                Environment.Exit(3);
            }
        })
        {
            IsBackground = true,
        }.Start();
}
