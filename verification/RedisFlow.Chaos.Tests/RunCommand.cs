using System.Diagnostics;
using System.Text.Json;

namespace RedisFlow.Chaos.Tests;

/// <summary>
/// The command that people use, with real processes, and a directory for its report. Runs are one collection: side by
/// side they would take each other's processors, and measure that.
/// </summary>
internal sealed class RunCommand : IDisposable
{
    /// <summary>How long a run may take on the busiest machine.</summary>
    public static TimeSpan RunLimit { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The report's directory.</summary>
    public string Output { get; } = Directory.CreateTempSubdirectory("redisflow-chaos-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Output, recursive: true);

    /// <summary>The report.</summary>
    public async Task<JsonElement> ReportAsync()
    {
        await using var file = File.OpenRead(Path.Combine(Output, "report.json"));
        using var report = await JsonDocument.ParseAsync(
            file,
            cancellationToken: TestContext.Current.CancellationToken
        );
        return report.RootElement.Clone();
    }

    /// <summary>Runs the command to its end.</summary>
    /// <returns>Its exit code and what it said.</returns>
    public async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using var run = Start(arguments);
        try
        {
            var said = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var complained = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(RunLimit, TestContext.Current.CancellationToken);
            return (run.ExitCode, await said + await complained);
        }
        finally
        {
            if (!run.HasExited)
            {
                run.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Starts the command.</summary>
    public Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(
                "dotnet",
                ["exec", typeof(ChaosRun).Assembly.Location, .. arguments, "--output", Output]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    /// <summary>Publishers and workers: processes that record below the run's directory.</summary>
    public List<int> Processes()
    {
        var records = Path.Combine(Output, "records");
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var process))
            {
                continue;
            }

            try
            {
                if (File.ReadAllText(Path.Combine(directory, "cmdline")).Contains(records, StringComparison.Ordinal))
                {
                    found.Add(process);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile.
            }
        }

        return found;
    }
}
