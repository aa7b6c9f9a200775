using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RedisFlow.Chaos.Faults;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Tests;

/// <summary>Whole runs by the command that people use, with real processes.</summary>
public sealed class ChaosRunTests : IDisposable
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(10);

    private readonly string _output = Directory.CreateTempSubdirectory("redisflow-chaos-").FullName;

    public void Dispose() => Directory.Delete(_output, recursive: true);

    [Fact]
    public async Task A_short_run_with_every_fault_loses_nothing()
    {
        var (code, said) = await RunAsync("--seed", "1", "--messages", "30000", "--duration", "24s", "--lease", "1s");

        Assert.True(code == 0, said);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_output, "report.json"), TestContext.Current.CancellationToken));
        var verdict = report.RootElement.GetProperty("verdict");
        Assert.Equal(30_000, verdict.GetProperty("Published").GetInt32());
        Assert.All(
            verdict.GetProperty("Groups").EnumerateArray(),
            group => Assert.True(group.GetProperty("Handled").GetInt32() >= 30_000 && group.GetProperty("Lost").GetArrayLength() == 0, said));
        var injected = report.RootElement.GetProperty("facts").GetProperty("Injected").EnumerateArray().Select(line => line.GetString()!).ToList();
        Assert.All(Enum.GetNames<FaultKind>(), kind => Assert.Contains(injected, line => line.Contains(kind, StringComparison.Ordinal)));
        Assert.True(report.RootElement.GetProperty("facts").GetProperty("DroppedBytes").GetInt64() > 0, said);
        Assert.Empty(ProcessesOfTheRun());
    }

    [Fact]
    public async Task A_run_whose_workers_drop_messages_fails()
    {
        var (code, said) = await RunAsync("--messages", "3000", "--duration", "2s", "--faults", "false", "--lossy", "500");

        Assert.True(code == 1, said);
        Assert.Contains("NOT VALID", said, StringComparison.Ordinal);
        Assert.Contains("analytics lost", said, StringComparison.Ordinal);
        Assert.Empty(ProcessesOfTheRun());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task An_interrupted_run_leaves_no_worker_and_no_publisher(string signal)
    {
        using var run = Start("--messages", "100000", "--duration", "1m", "--faults", "false");
        try
        {
            await Eventually.Until(() => ProcessesOfTheRun().Count == 9, TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
            using var server = await Eventually.Until(
                () => Task.FromResult(ServerOf(run)), _ => true, cancellationToken: TestContext.Current.CancellationToken);
            var data = new FileInfo($"/proc/{server.Id}/cwd").ResolveLinkTarget(returnFinalTarget: true)!.FullName;

            await SignalAsync(signal, run.Id);

            await Eventually.Until(() => ProcessesOfTheRun().Count == 0, TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(RunLimit, TestContext.Current.CancellationToken);
            if (signal == "KILL")
            {
                // The one thing that a killed harness leaves behind: a server does not watch who started it.
                server.Kill();
                await server.WaitForExitAsync(TestContext.Current.CancellationToken);
                Directory.Delete(data, recursive: true);
            }

            Assert.True(server.HasExited);
            Assert.False(Directory.Exists(data));
        }
        finally
        {
            if (!run.HasExited)
            {
                run.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The run's server: a child process of it. (It renames itself, so that Process does not find it by name.) Fails while
    /// threads and processes end that it looks at.</summary>
    private static Process ServerOf(Process run) =>
        Directory.EnumerateDirectories($"/proc/{run.Id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(child => File.ReadAllText($"/proc/{child}/comm").Trim() == "redis-server")
            .Select(child => Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture)))
            .Single();

    private async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using var run = Start(arguments);
        try
        {
            var said = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var complained = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(RunLimit, TestContext.Current.CancellationToken);
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

    private Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(ChaosRun).Assembly.Location, .. arguments, "--output", _output])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Publishers and workers: processes that record below the run's directory.</summary>
    private List<int> ProcessesOfTheRun()
    {
        var records = Path.Combine(_output, "records");
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
