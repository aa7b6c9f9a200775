using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Asks Aspire's orchestrator whether it can run containers here: an installed client without an engine cannot.
/// </summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Returns whether an engine answers that the orchestrator accepts.</summary>
    public static bool Answers(IDistributedApplicationBuilder builder)
    {
        var orchestrator = builder
            .AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "dcpclipath")
            ?.Value;
        if (orchestrator is null)
        {
            return false;
        }

        // ASPIRE_CONTAINER_RUNTIME is Aspire's own setting. The orchestrator reads it only where Aspire passes it on.
        var chosen = builder.Configuration["ASPIRE_CONTAINER_RUNTIME"];
        string[] arguments = string.IsNullOrEmpty(chosen) ? ["info"] : ["info", "--container-runtime", chosen];
        using var process = Process.Start(
            new ProcessStartInfo(orchestrator, arguments) { RedirectStandardOutput = true }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Timeout))
        {
            process.Kill(entireProcessTree: true);
            return false;
        }

        return process.ExitCode == 0 && IsRunning(output.GetAwaiter().GetResult());
    }

    private static bool IsRunning(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("containers", out var containers)
            && containers.TryGetProperty("running", out var running)
            && running.GetBoolean();
    }
}
