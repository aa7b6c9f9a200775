using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RedisFlow.AppHost;

/// <summary>
/// Finds out whether a container runtime answers: an installed client without an engine is none, and neither is a client of Docker that Aspire
/// refuses for its age.
/// </summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // What Aspire's orchestrator (DCP 0.25) accepts; Debian 12 has 20.10.
    private const int OldestDockerClient = 25;

    // The order in which Aspire looks for them. ASPIRE_CONTAINER_RUNTIME is Aspire's own setting.
    private static readonly string[] Known = ["docker", "podman"];

    public static bool Answers() =>
        Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } chosen
            ? Answers(chosen)
            : Known.Any(Answers);

    private static bool Answers(string client)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(client, ["version", "--format", "{{.Client.Version}}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;

            // Both pipes are drained, so that a talkative client cannot block on a full one. The version comes with an error where no engine answers.
            var version = process.StandardOutput.ReadToEndAsync();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience))
            {
                return process.ExitCode == 0 && (client != "docker" || MajorOf(version.GetAwaiter().GetResult()) >= OldestDockerClient);
            }

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false; // not installed
        }
    }

    // "26.1.5+dfsg1". What does not look like a version is left to Aspire to judge.
    private static int MajorOf(string version) =>
        int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out var major) ? major : int.MaxValue;
}
