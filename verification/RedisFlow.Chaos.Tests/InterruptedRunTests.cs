using System.Diagnostics;
using System.Globalization;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Tests;

[Collection(nameof(RunCommand))]
public sealed class InterruptedRunTests : IDisposable
{
    private readonly RunCommand _command = new();

    public void Dispose() => _command.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task An_interrupted_run_leaves_no_worker_and_no_publisher(string signal)
    {
        using var run = _command.Start("--messages", "100000", "--duration", "1m", "--faults", "false");
        try
        {
            await Eventually.Until(
                () => _command.Processes().Count == 9,
                TimeSpan.FromMinutes(3),
                TestContext.Current.CancellationToken
            );
            using var server = await Eventually.Until(
                () => Task.FromResult(ServerOf(run)),
                _ => true,
                cancellationToken: TestContext.Current.CancellationToken
            );
            var data = new FileInfo($"/proc/{server.Id}/cwd").ResolveLinkTarget(returnFinalTarget: true)!.FullName;

            await ProcessSignal.SendAsync(signal, run.Id, TestContext.Current.CancellationToken);

            await Eventually.Until(
                () => _command.Processes().Count == 0,
                TimeSpan.FromMinutes(3),
                TestContext.Current.CancellationToken
            );
            await run.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(RunCommand.RunLimit, TestContext.Current.CancellationToken);
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

    /// <summary>
    /// The run's server: a child process of it. (It renames itself, so that Process does not find it by name.) Fails
    /// while threads and processes end that it looks at.
    /// </summary>
    private static Process ServerOf(Process run) =>
        Directory
            .EnumerateDirectories($"/proc/{run.Id}/task")
            .SelectMany(thread =>
                File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )
            .Where(child => File.ReadAllText($"/proc/{child}/comm").Trim() == "redis-server")
            .Select(child => Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture)))
            .Single();
}
