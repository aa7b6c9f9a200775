using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dcp;

/// <summary>Starts DCP. It watches this process, and cleans up when that dies.</summary>
internal sealed class DcpHost(IOptions<DcpOptions> options, DcpSession session)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    // What concerns the application host only must not reach its resources.
    private static readonly string[] NotInherited = ["ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    public async Task<DcpAddress> StartAsync(CancellationToken cancellationToken)
    {
        var path = options.Value.CliPath;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"The Developer Control Plane is not installed at \"{path}\". The application cannot be run without it. Start it with ./run, which installs it, or set DcpPublisher:CliPath to the path of the dcp program.",
                path);
        }

        // Detached: a Ctrl+C in the terminal reaches this process only, which then ends everything in order.
        var start = new ProcessStartInfo(path)
        {
            ArgumentList = { "start-apiserver", "--monitor", $"{Environment.ProcessId}", "--detach", "--kubeconfig", session.KubeconfigPath },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (options.Value.ContainerRuntime is { Length: > 0 } runtime)
        {
            start.ArgumentList.Add("--container-runtime");
            start.ArgumentList.Add(runtime);
        }

        foreach (var variable in NotInherited)
        {
            start.Environment.Remove(variable);
        }

        start.Environment["DCP_SESSION_FOLDER"] = session.Folder;

        using var process = Process.Start(start) ?? throw new DistributedApplicationException($"\"{path}\" could not be started.");
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new DistributedApplicationException($"\"{path}\" ended with code {process.ExitCode}: {await errors}");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        try
        {
            return await session.WaitForAddressAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"\"{path}\" did not become reachable within {StartTimeout.TotalSeconds} seconds.");
        }
    }
}
