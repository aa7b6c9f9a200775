using System.ComponentModel;
using System.Diagnostics;

namespace RedisFlow.AppHost;

/// <summary>Finds out whether a container runtime answers: an installed client without an engine is none.</summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

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
            using var process = Process.Start(new ProcessStartInfo(client, ["info"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;

            // Both pipes are drained, so that a talkative client cannot block on a full one.
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience))
            {
                return process.ExitCode == 0;
            }

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false; // not installed
        }
    }
}
